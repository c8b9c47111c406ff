using System.CommandLine;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Verbs.Jobs;

/// <summary>Which table, and which job in it: on every job verb the same.</summary>
internal static class JobTarget
{
    public static readonly Argument<string> Job = new("JOB") { Description = "A job's id, the start of it, or its name" };

    public static readonly Option<string?> Table = new("--table")
    {
        Description = "A user's table, /etc/crontab or a file of /etc/cron.d; else your own, or the only one known to have the job",
        HelpName = "USER|PATH",
    };

    /// <summary>The table that was asked for; null when none was.</summary>
    public static TableId? TableOf(VerbContext context) => context.Get(Table) is { } name ? TableId.Parse(name) : null;

    /// <summary>Reads the table that was asked for, or the session's own user's.</summary>
    public static Task<JobEditor> OpenAsync(VerbContext context, FleetControl fleet) => OpenAsync(context, fleet, context.Get(FleetVerb.Host));

    /// <summary>The same, of one host of several.</summary>
    public static Task<JobEditor> OpenAsync(VerbContext context, FleetControl fleet, string host) => fleet.Jobs.OpenAsync(host, TableOf(context), context.Stop);

    /// <summary>Reads the job's table, and finds it there.</summary>
    public static Task<(JobEditor Table, Job Job)> FindAsync(VerbContext context, FleetControl fleet) => FindAsync(context, fleet, context.Get(FleetVerb.Host));

    /// <summary>The same, of one host of several.</summary>
    public static Task<(JobEditor Table, Job Job)> FindAsync(VerbContext context, FleetControl fleet, string host) =>
        fleet.Jobs.FindAsync(host, context.Get(Job), TableOf(context), context.Stop);
}
