using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Changes;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Sessions;

/// <summary>Tables by sh and crontab alone, on a host without an agent.</summary>
/// <param name="host">The host's name in the fleet.</param>
/// <param name="shell">The way there.</param>
/// <param name="time">The clock.</param>
/// <param name="dialect">Whose rules the host's tables are read by.</param>
/// <param name="agentProblem">Why an agent that is installed does not answer; then nothing is written.</param>
internal sealed class ScriptTables(string host, IHostShell shell, TimeProvider time, CronDialect dialect, ProblemException? agentProblem) : ITableAccess
{
    private static readonly CommandOptions Limits = CommandOptions.Default;

    public async Task<TableSnapshot> ReadAsync(TableId? table, CancellationToken cancellation) =>
        Snapshot(host, table, await RunAsync(shell, HostCrontab.ReadCommand(table), cancellation).ConfigureAwait(false), time);

    public async Task<TableSnapshot> SettleAsync(TableId? table, string token, CancellationToken cancellation) =>
        Snapshot(host, table, await RunAsync(shell, HostCrontab.SettleCommand(token, table), cancellation).ConfigureAwait(false), time);

    public async Task<TableWriteResult> WriteAsync(ChangePlan plan, string token, CancellationToken cancellation)
    {
        if (agentProblem is not null)
        {
            throw new ProblemException($"{host}: nothing was written, because the host has an agent that could not record it. {agentProblem.Message}", agentProblem.Hint, agentProblem);
        }

        byte[]? before = plan.Existed ? plan.Before.ToArray() : null, wanted = plan.Removes ? null : plan.After.ToArray();
        if (SystemTables.Refusal(plan.Table, dialect, before, wanted) is { } refusal)
        {
            return new TableWriteResult(TableWriteOutcome.Rejected, plan.Before, $"{refusal.Message}. {refusal.Hint}");
        }

        string command = HostCrontab.WriteCommand(before, wanted, plan.IsOwnTable ? null : plan.Table, token);
        CommandResult result = await shell.RunAsync(command, wanted ?? [], Limits, cancellation).ConfigureAwait(false);
        return HostCrontab.ParseWrite(result.ExitCode, result.Output.Span, result.Error.Span) switch
        {
            TableWrite.Written => new TableWriteResult(TableWriteOutcome.Written, wanted ?? [], ""),
            TableWrite.Changed changed => new TableWriteResult(TableWriteOutcome.Conflict, changed.Current ?? [], ""),
            TableWrite.Failed { After: TableAfter.Unchanged or TableAfter.Restored } failed => new TableWriteResult(TableWriteOutcome.Rejected, plan.Before, Words(failed), Displaced: Displaced(failed)),
            TableWrite.Failed failed => new TableWriteResult(TableWriteOutcome.Failed, null, Words(failed), Displaced: Displaced(failed)),
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>Runs a script that reads a table and tells what cron the host has.</summary>
    public static async Task<TableRead> RunAsync(IHostShell shell, string command, CancellationToken cancellation)
    {
        CommandResult result = await shell.RunAsync(command, default, Limits, cancellation).ConfigureAwait(false);
        return HostCrontab.ParseRead(result.ExitCode, result.Output.Span, result.Error.Span);
    }

    private static TableSnapshot Snapshot(string host, TableId? table, TableRead read, TimeProvider time) => read switch
    {
        TableRead.Present present => new TableSnapshot(table ?? TableId.Parse(present.Host.User), true, present.Bytes, present.Host.Dialect, time.GetUtcNow()),
        TableRead.None none => new TableSnapshot(table ?? TableId.Parse(none.Host.User), false, ReadOnlyMemory<byte>.Empty, none.Host.Dialect, time.GetUtcNow()),
        TableRead.Failed failed => throw new ProblemException($"{host}: {failed.Problem}", failed.Hint),
        _ => throw new InvalidOperationException(),
    };

    private static ReadOnlyMemory<byte>? Displaced(TableWrite.Failed failed) => failed.Displaced is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null;

    private static string Words(TableWrite.Failed failed) => failed.Hint.Length > 0 ? $"{failed.Problem.TrimEnd('.')}. {failed.Hint}" : failed.Problem;
}
