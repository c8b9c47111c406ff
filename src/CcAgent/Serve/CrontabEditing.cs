using CcAgent.Daemon;
using CcAgent.Edits;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Native;
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
/// this order: the daemon must answer, and what is about to be done is written down (<see cref="PendingEdits"/>), or nothing
/// is done; the table is compared, installed and read back; the entry is appended, durably; if that fails, the old table is
/// put back. So an entry never speaks of a change that was not made, and a change without an entry does not last; if this
/// process is killed in the middle, the next session or the daemon settles what it had written down.
/// </summary>
internal sealed class CrontabEditing
{
    // Another session's edit of the same table, which may itself wait for 30 s for an edit without an agent (HostScript.Lock).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly DaemonClient _daemon;
    private readonly PendingEdits _edits;

    internal CrontabEditing(AgentPlaces places) => (_daemon, _edits) = (new DaemonClient(places), new PendingEdits(places));

    /// <exception cref="ProblemException">The table cannot be read.</exception>
    internal static CrontabReadResult Read(string? table)
    {
        var id = Named(table);
        return Result(id, ReadTable(HostCrontab.ReadCommand(id)));
    }

    /// <summary>The table, once the write of that token has ended or can no longer begin. What a killed session left of an edit of it is recorded.</summary>
    /// <exception cref="ProblemException">The table cannot be read, or the write does not end.</exception>
    internal CrontabReadResult Settle(CrontabSettleParams request)
    {
        var id = Named(request.Table);
        var token = Token(request.Token)!;
        if (_edits.All().Any(edit => edit.Entry.Table == EntryName(id)))
        {
            using var held = _edits.Take(EntryName(id), Patience);
            if (held is not null)
                TrySettle(held);
        }

        return Result(id, ReadTable(HostCrontab.SettleCommand(token, id)));
    }

    /// <summary>Settles what killed sessions left; edits that go on are left alone.</summary>
    internal void SettleAll()
    {
        try
        {
            foreach (var edit in _edits.All())
            {
                using var held = _edits.Take(edit.Entry.Table!);
                if (held is not null)
                    TrySettle(held);
            }
        }
        catch (ProblemException e)
        {
            StandardStreams.Say(e.Message, e.Hint);
        }
    }

    /// <exception cref="AuditUnavailableException">It could not be audited; the table is as it was.</exception>
    /// <exception cref="ProblemException">The table cannot be read, or what was written could not be put back.</exception>
    internal CrontabWriteResult Write(CrontabWriteParams request)
    {
        if (_daemon.AuditProblem() is { } reason)
            throw new AuditUnavailableException($"nothing was written, because the change could not be audited: {reason}", DaemonClient.StartHint);
        var table = Named(request.Table);
        var token = Token(request.Token);
        using var held = _edits.Take(EntryName(table), Patience)
            ?? throw new ProblemException("nothing was written, because another session is editing the table", "Try again");
        if (held.Pending is { } left)
            Settle(held, left);
        var wanted = request.Remove ? null : request.Content;
        var (before, host) = ReadTable(HostCrontab.ReadCommand(table));
        if ((before is null ? null : Digest(before)) != request.ExpectedSha256?.ToLowerInvariant())
            return NotWritten(CrontabWriteOutcome.Conflict, before, "the table was changed by someone else since it was read");
        if (table is not null && SystemTables.Refusal(table, host.Dialect, before, wanted) is { } refusal)
            return NotWritten(CrontabWriteOutcome.Rejected, before, $"{refusal.Message}. {refusal.Hint}");
        var edit = new PendingEdit(
            Describe(request, table, before, wanted), token ?? NewToken(), NewToken(), _edits.NextEntry, Libc.geteuid())
        { Table = table?.Name };
        Note(held, edit);
        switch (WriteTable(before, wanted, table, edit.Token))
        {
            case TableWrite.Changed changed:
                held.Clear();
                return NotWritten(CrontabWriteOutcome.Conflict, changed.Current, "the table was changed by someone else since it was read");
            case TableWrite.Failed { After: TableAfter.Unchanged or TableAfter.Restored } failed:
                held.Clear();
                return NotWritten(CrontabWriteOutcome.Rejected, before, Words(failed)) with { Displaced = failed.Displaced };
            case TableWrite.Failed failed:
                // It may have been made all the same: what is so is seen, and recorded.
                var (now, seq) = Settle(held, edit, "its script was cut off");
                return (now is null ? null : Digest(now)) == edit.Entry.After && seq is not null
                    ? Written(wanted, seq.Value)
                    : NotWritten(seq is null ? CrontabWriteOutcome.Rejected : CrontabWriteOutcome.Failed, now, Words(failed)) with { Displaced = failed.Displaced };
        }

        try
        {
            var entry = _daemon.Append(edit.Entry);
            held.Clear();
            return Written(wanted, entry.Seq);
        }
        catch (ProblemException e)
        {
            // The answer may be all that was lost.
            if (_edits.Recorded(edit) is { } seq)
            {
                held.Clear();
                return Written(wanted, seq);
            }

            throw PutBack(held, edit, table, before, wanted, e);
        }
    }

    private static CrontabWriteResult Written(byte[]? wanted, long seq) =>
        new(CrontabWriteOutcome.Written, wanted ?? [], Digest(wanted ?? []), wanted is not null, "", seq);

    private static void Note(EditLock held, PendingEdit edit)
    {
        try
        {
            held.Put(edit);
        }
        catch (ProblemException e)
        {
            held.Clear();
            throw new AuditUnavailableException($"nothing was written, because what was about to be done could not be noted: {e.Message}", "see the disk of the agent's folder on the host");
        }
    }

    private void TrySettle(EditLock held)
    {
        try
        {
            if (held.Pending is { } edit)
                Settle(held, edit);
        }
        catch (ProblemException e)
        {
            StandardStreams.Say($"an edit that was cut off could not be settled yet: {e.Message}", e.Hint);
        }
    }

    // The table as it is, and the number of the edit's entry; null when the edit was not made.
    private (byte[]? Table, long? Seq) Settle(EditLock held, PendingEdit edit, string why = PendingEdit.SessionEnded)
    {
        var table = Named(edit.Table);
        ReadTable(HostCrontab.SettleCommand(edit.Back, table));
        var (bytes, _) = ReadTable(HostCrontab.SettleCommand(edit.Token, table));
        var now = bytes is null ? null : Digest(bytes);
        var seq = _edits.Recorded(edit);
        if (seq is null && now != edit.Entry.Before)
            seq = _daemon.Append(edit.Settled(now, why)).Seq;
        held.Clear();
        return (bytes, seq);
    }

    private static string EntryName(TableId? table)
    {
        table ??= TableId.Parse(UserAccount.Of(Libc.geteuid()).Name);
        return table.IsSystem ? table.Name : "crontab of " + table.Name;
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomBytes.Get(16));

    private static AuditAppendParams Describe(CrontabWriteParams request, TableId? table, byte[]? before, byte[]? wanted) =>
        new(AuditEvents.CrontabEdited, request.Actor, request.Origin)
        {
            Edit = NewToken(),
            Table = EntryName(table),
            Before = before is null ? null : Digest(before),
            After = wanted is null ? null : Digest(wanted),
            Diff = EntryMembers.Cut(UnifiedDiff.Between(before, wanted ?? []), EntryMembers.LongText),
            Reason = request.Reason,
        };

    private static ProblemException PutBack(EditLock held, PendingEdit edit, TableId? table, byte[]? before, byte[]? wanted, ProblemException cause)
    {
        if (WriteTable(wanted, before, table, edit.Back) is not TableWrite.Written)
        {
            return new ProblemException(
                $"the table was changed, the change could not be audited ({cause.Message}), and the table could not be put back; it is recorded as soon as it can be",
                "read the table again, and see cc-agent status on the host");
        }

        held.Clear();
        return new AuditUnavailableException($"the table was put back, because the change could not be audited: {cause.Message}", cause.Hint);
    }

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

    private static TableWrite WriteTable(byte[]? expected, byte[]? wanted, TableId? table, string token)
    {
        try
        {
            var result = ShellRun.Run(HostCrontab.WriteCommand(expected, wanted, table, token), wanted);
            return HostCrontab.ParseWrite(result.ExitCode, result.Output, result.Error);
        }
        catch (ProblemException e)
        {
            return new TableWrite.Failed(e.Message, e.Hint, TableAfter.Unknown);
        }
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
