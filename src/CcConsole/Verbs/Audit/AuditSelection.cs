using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Audit.Search;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary>Which entries: the options that <c>audit list</c> and <c>audit export</c> share.</summary>
internal static class AuditSelection
{
    private static readonly Option<string?> Since = new("--since") { Description = "From this time on, by the host's clock: 2026-11-21T14:00Z, 2026-11-21, 24h (ago)", HelpName = "T" };
    private static readonly Option<string?> Until = new("--until") { Description = "Before this time", HelpName = "T" };
    private static readonly Option<string?> Job = new("--job") { Description = "About the job with this id", HelpName = "ID" };
    private static readonly Option<string?> Event = new("--event") { Description = "Only this event, such as job.finished; 'crontab.*' for all that begin so", HelpName = "EVENT" };
    private static readonly Option<string?> Actor = new("--actor") { Description = "By this actor, or of a run of this user", HelpName = "NAME" };
    private static readonly Option<long?> Exit = new("--exit") { Description = "Only runs with this exit code", HelpName = "CODE" };
    private static readonly Option<bool> Failures = new("--failures") { Description = "Only runs with an exit code other than 0" };
    private static readonly Option<long?> First = new("--first") { Description = "From this entry on", HelpName = "SEQ" };
    private static readonly Option<long?> Last = new("--last") { Description = "Up to this entry", HelpName = "SEQ" };

    /// <summary>All of them.</summary>
    public static Symbol[] Options => [Since, Until, Job, Event, Actor, Exit, Failures, First, Last];

    /// <summary>What they say, and which words the entries hold.</summary>
    /// <exception cref="ProblemException">A time or the number of an entry that is none, or a name without a character.</exception>
    public static AuditQuery Query(VerbContext context, IEnumerable<string> words)
    {
        TimeProvider clock = TimeProvider.System;
        foreach (Option<long?> option in (Option<long?>[])[First, Last])
        {
            if (context.Get(option) is < 0 and var number) throw new ProblemException($"{option.Name} {number}: an entry's number is 0 or more", "give another number");
        }
        return new AuditQuery
        {
            Text = SearchText.Parse(string.Join(' ', words)),
            Since = TimeArgument.Parse("--since", context.Get(Since), clock),
            Until = TimeArgument.Parse("--until", context.Get(Until), clock),
            Job = Named(context, Job),
            Event = Named(context, Event),
            Actor = Named(context, Actor),
            ExitCode = context.Get(Exit),
            FailuresOnly = context.Get(Failures),
            First = context.Get(First) ?? 0,
            Last = context.Get(Last) ?? long.MaxValue,
        };
    }

    // As a script gives it whose variable is not set: not the same as no option.
    private static string? Named(VerbContext context, Option<string?> option) => context.Get(option) is not "" and var name
        ? name
        : throw new ProblemException($"{option.Name} has no text behind it", "name what is meant, or leave the option out for all");
}
