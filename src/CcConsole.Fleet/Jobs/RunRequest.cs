using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;

namespace CcConsole.Fleet.Jobs;

/// <summary>What cron would run for an entry: a wrapped entry with its wrapper, so that the run is reported; a paused one as if it were not.</summary>
/// <param name="Command">What the shell gets.</param>
/// <param name="Input">Standard input; empty for none.</param>
/// <param name="Variables">The table's variables that stand above the entry, in their order.</param>
/// <param name="User">As whom: the entry's user in a system table, else the table's; null for the session's own user.</param>
/// <param name="IsSystem">True for an entry of a system table.</param>
internal sealed record RunRequest(ReadOnlyMemory<byte> Command, byte[] Input, IReadOnlyList<TableVariable> Variables, string? User, bool IsSystem)
{
    public static RunRequest For(JobEditor table, Job job)
    {
        if (job.Entry is not { } entry)
        {
            throw new ProblemException($"Line {job.LineNumber} does not parse, so cron runs nothing there: {job.Problem}", "Correct the line first.");
        }

        CrontabDocument document = table.Jobs.Document;
        CronCommand command = document.Command(entry);
        string? user = entry.User ?? (table.IsOwnTable ? null : table.Table.Id.Name);
        return new RunRequest(command.Shell, command.Input(), document.VariablesAbove(entry), user, document.IsSystem);
    }
}
