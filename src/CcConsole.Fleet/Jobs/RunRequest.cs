using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;

namespace CcConsole.Fleet.Jobs;

/// <summary>What cron would run for an entry.</summary>
/// <param name="Command">What the shell gets.</param>
/// <param name="Input">Standard input; null for none.</param>
/// <param name="Variables">The table's variables that stand above the entry, in their order.</param>
/// <param name="User">As whom; null for the session's own user.</param>
internal sealed record RunRequest(ReadOnlyMemory<byte> Command, byte[]? Input, IReadOnlyList<KeyValuePair<string, string>> Variables, string? User)
{
    public static RunRequest For(JobEditor table, Job job)
    {
        if (job.Entry is not { } entry)
        {
            throw new ProblemException($"Line {job.LineNumber} does not parse, so cron runs nothing there: {job.Problem}", "Correct the line first.");
        }

        CrontabDocument document = table.Jobs.Document;
        CronCommand command = document.Command(entry);
        List<KeyValuePair<string, string>> variables = [.. document.Lines.OfType<VariableLine>()
            .Where(variable => variable.Number < entry.Number)
            .Select(variable => KeyValuePair.Create(variable.Name, variable.Value))];
        return new RunRequest(command.Shell, command.RawInput is null ? null : command.Input(), variables, table.IsOwnTable ? null : table.Table.Id.Name);
    }
}
