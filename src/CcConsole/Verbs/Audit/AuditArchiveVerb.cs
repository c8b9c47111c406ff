using System.CommandLine;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using Humanizer;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit archive</c>: moves the oldest entries of a copy out of the cache into a file.</summary>
internal static class AuditArchiveVerb
{
    private static readonly Option<long?> Before = new("--before") { Description = "Move the entries before this one", HelpName = "SEQ" };
    private static readonly Option<int?> OlderThan = new("--older-than") { Description = "Move the entries that are older", HelpName = "DAYS" };

    public static Command Create() => FleetVerb.Create(
        "archive", "Move the oldest entries of a host's copy from the cache into its archive file; they are shown, exported and verified as before, and no longer searched",
        "cc-console audit archive web01 --older-than 365", RunAsync, FleetVerb.Host, Before, OlderThan);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = AuditHost.Of(context, fleet);
        Archived moved = (context.Get(Before), context.Get(OlderThan)) switch
        {
            ({ } before, null) when before > 0 => fleet.Audit.Archive(host, before),
            (null, { } days) when days > 0 => fleet.Audit.Archive(host, TimeSpan.FromDays(days)),
            _ => throw new ProblemException("Which entries are to be moved is not said", "give either --before SEQ or --older-than DAYS, from 1 on"),
        };
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("host", host);
                json.WriteNumber("moved", moved.Count);
                json.WriteNumber("archived", moved.Head.Archived);
                json.WriteString("file", moved.Head.Archive);
            });
        }
        else if (moved.Count == 0)
        {
            context.Error.WriteLine($"{Plain.Text(host)}: there is nothing to move");
        }
        else
        {
            context.Error.WriteLine($"{Plain.Text(host)}: moved {"entry".ToQuantity(moved.Count)}; {Plain.Text(moved.Head.Archive!)} now holds those before #{moved.Head.Archived}");
            // The entry that tells of the pruning may lie behind the archived ones.
            if (moved.Head.First > 0) context.Error.WriteLine($"  the host had pruned what came before #{moved.Head.First}: verify it with the rest of the copy: cc-console audit verify --host {Plain.Text(host)}");
            else context.Error.WriteLine($"  on its own: cc-console audit verify {Plain.Text(moved.Head.Archive!)} --remembered {moved.Remembered}");
        }
        return Task.FromResult(Verb.Good);
    }
}
