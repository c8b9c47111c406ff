using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>An edit was refused because it could not have been audited.</summary>
internal sealed class AuditUnavailableException(string message, string hint) : ProblemException(message, hint);

/// <summary>
/// Reads and replaces tables, by the same scripts as the console without an agent. A change is audited by the daemon, in
/// this order: the daemon must answer, or nothing is done; the table is compared, installed and read back; the entry is
/// appended, durably; if that fails, the old table is put back. So an entry never speaks of a change that was not made,
/// and a change without an entry does not last.
/// </summary>
internal sealed class CrontabEditing
{
    private readonly DaemonClient _daemon;

    internal CrontabEditing(AgentPlaces places) => _daemon = new DaemonClient(places);

    /// <exception cref="ProblemException">The table cannot be read.</exception>
    internal static CrontabReadResult Read(string? table)
    {
        var id = Named(table);
        return Result(id, ReadTable(HostCrontab.ReadCommand(id)));
    }

    /// <summary>The table, once the write of that token has ended or can no longer begin.</summary>
    /// <exception cref="ProblemException">The table cannot be read, or the write does not end.</exception>
    internal static CrontabReadResult Settle(CrontabSettleParams request)
    {
        var id = Named(request.Table);
        return Result(id, ReadTable(HostCrontab.SettleCommand(Token(request.Token)!, id)));
    }

    /// <exception cref="AuditUnavailableException">It could not be audited; the table is as it was.</exception>
    /// <exception cref="ProblemException">The table cannot be read, or what was written could not be put back.</exception>
    internal CrontabWriteResult Write(CrontabWriteParams request)
    {
        if (_daemon.Status(out var reason) is null)
            throw new AuditUnavailableException($"nothing was written, because the change could not be audited: {reason}", DaemonClient.StartHint);
        var table = Named(request.Table);
        var wanted = request.Remove ? null : request.Content;
        var (before, host) = ReadTable(HostCrontab.ReadCommand(table));
        if ((before is null ? null : Digest(before)) != request.ExpectedSha256?.ToLowerInvariant())
            return NotWritten(CrontabWriteOutcome.Conflict, before, "the table was changed by someone else since it was read");
        if (table is not null && SystemTables.Refusal(table, host.Dialect, before, wanted) is { } refusal)
            return NotWritten(CrontabWriteOutcome.Rejected, before, $"{refusal.Message}. {refusal.Hint}");
        switch (WriteTable(before, wanted, table, Token(request.Token)))
        {
            case TableWrite.Changed changed:
                return NotWritten(CrontabWriteOutcome.Conflict, changed.Current, "the table was changed by someone else since it was read");
            case TableWrite.Failed { After: TableAfter.Unchanged or TableAfter.Restored } failed:
                return NotWritten(CrontabWriteOutcome.Rejected, before, Words(failed)) with { Displaced = failed.Displaced };
            case TableWrite.Failed failed:
                return NotWritten(CrontabWriteOutcome.Failed, before, Words(failed)) with { Displaced = failed.Displaced };
        }

        try
        {
            var entry = _daemon.Append(Describe(request, table ?? TableId.Parse(host.User), before, wanted));
            return new CrontabWriteResult(
                CrontabWriteOutcome.Written, wanted ?? [], Digest(wanted ?? []), wanted is not null, "", entry.Seq);
        }
        catch (ProblemException e)
        {
            throw PutBack(table, before, wanted, e);
        }
    }

    private static AuditAppendParams Describe(CrontabWriteParams request, TableId table, byte[]? before, byte[]? wanted) =>
        new(AuditEvents.CrontabEdited, request.Actor, request.Origin)
        {
            Table = table.IsSystem ? table.Name : "crontab of " + table.Name,
            Before = before is null ? null : Digest(before),
            After = wanted is null ? null : Digest(wanted),
            Diff = UnifiedDiff.Between(before, wanted ?? []),
            Reason = request.Reason,
        };

    private static ProblemException PutBack(TableId? table, byte[]? before, byte[]? wanted, ProblemException cause) =>
        WriteTable(wanted, before, table) is TableWrite.Written
            ? new AuditUnavailableException($"the table was put back, because the change could not be audited: {cause.Message}", cause.Hint)
            : new ProblemException(
                $"the table was changed, the change could not be audited ({cause.Message}), and the table could not be put back",
                "read the table again, and see cc-agent status on the host");

    private static (byte[]? Bytes, HostCron Host) ReadTable(string command)
    {
        var result = ShellRun.Run(command, default);
        return HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error) switch
        {
            TableRead.Present present => (present.Bytes, present.Host),
            TableRead.None none => (null, none.Host),
            TableRead.Failed failed => throw new ProblemException(failed.Problem, failed.Hint),
            _ => throw new InvalidOperationException("a read has three outcomes"),
        };
    }

    private static TableWrite WriteTable(byte[]? expected, byte[]? wanted, TableId? table, string? token = null)
    {
        var result = ShellRun.Run(HostCrontab.WriteCommand(expected, wanted, table, token), wanted);
        return HostCrontab.ParseWrite(result.ExitCode, result.Output, result.Error);
    }

    private static CrontabReadResult Result(TableId? table, (byte[]? Bytes, HostCron Host) read)
    {
        var (bytes, host) = read;
        return new CrontabReadResult(
            table?.Name ?? host.User, bytes is not null, bytes ?? [], Digest(bytes ?? []), host.Dialect.Name(),
            new CronFacts(host.Implementation, host.Version, host.Daemon switch { CronDaemonState.Running => true, CronDaemonState.None => false, _ => null }));
    }

    private static string? Token(string? token) => token is null || (token.Length is > 0 and <= 64 && token.All(char.IsAsciiHexDigit))
        ? token
        : throw new ProblemException("The token of the write is not 1 to 64 hexadecimal digits", "This console does not speak as the agent does: upgrade one of them");

    private static TableId? Named(string? table) => table is null ? null : TableId.Parse(table);

    private static CrontabWriteResult NotWritten(string outcome, byte[]? current, string message) =>
        new(outcome, current ?? [], Digest(current ?? []), current is not null, message);

    private static string Words(TableWrite.Failed failed) =>
        failed.Hint.Length == 0 ? failed.Problem : $"{failed.Problem.TrimEnd('.')}. {failed.Hint}";

    private static string Digest(byte[] bytes) => Sha256.Hash(bytes).ToString();
}
