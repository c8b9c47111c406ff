using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>
/// Learns how a change ended whose end nobody heard, because the connection was cut or the console died. The host is asked so that
/// the answer stays true: a write that is under way is waited for, and one that has not begun can begin no more.
/// </summary>
internal sealed class Settlement(SessionPool sessions, CacheDatabase cache, ReadOnlyGuard guard)
{
    /// <summary>Raised with the record of a change that was interrupted, when its end has been found.</summary>
    public event Action<ChangeRecord>? Settled;

    /// <summary>Settles the changes of a host that no living console is making. In a read-only console nothing, since the host has to note it.</summary>
    /// <exception cref="ProblemException">The host is not reached, the table cannot be read, or the write does not end.</exception>
    public async Task SettleAsync(string host, CancellationToken cancellation)
    {
        if (guard.IsReadOnly)
        {
            return;
        }

        ChangeRecord[] open = [.. cache.Changes.Unfinished().Where(change => change.Host == host && !change.IsRunning)];
        foreach (ChangeRecord change in open)
        {
            await SettleAsync(change.Id, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Settles one change; gives its record as it is then. One that a living console is making is left to it.</summary>
    /// <exception cref="ProblemException">The console is read-only, there is no such change, the host is not reached, the table cannot be read, or the write does not end.</exception>
    public async Task<ChangeRecord> SettleAsync(long change, CancellationToken cancellation)
    {
        ChangeRecord record = cache.Changes.Find(change) ?? throw new ProblemException($"There is no change with the number {change}", "cc-console change list shows them.");
        if (record.IsRunning || record.Outcome is not null)
        {
            return record;
        }

        guard.Demand($"learning how change {change} ended, which the host has to note,");
        HostConnection connection = await sessions.Get(record.Host).ConnectAsync(cancellation).ConfigureAwait(false);
        TableId? table = record.Table == connection.Facts.User ? null : TableId.Parse(record.Table);
        TableSnapshot now = await connection.Tables.SettleAsync(table, record.Token, cancellation).ConfigureAwait(false);
        (ChangeOutcome outcome, string words) = Compare(now, record.Before, record.Existed, record.After, record.Removes);
        try
        {
            record = cache.Changes.End(change, outcome, $"interrupted; read again, {words}");
        }
        catch (ProblemException) when (cache.Changes.Find(change) is { Outcome: not null } ended)
        {
            // Another console was faster.
            return ended;
        }

        if (outcome == ChangeOutcome.Applied)
        {
            cache.Hosts.FollowSeen(new Store.Hosts.HostTable(record.Host, record.Table, now.Bytes, now.ReadAt), record.Before);
        }

        Settled?.Invoke(record);
        return record;
    }

    /// <summary>Which of the two a table is, as an outcome and in words.</summary>
    public static (ChangeOutcome Outcome, string Words) Compare(TableSnapshot now, ReadOnlyMemory<byte> before, bool existed, ReadOnlyMemory<byte> after, bool removes) =>
        now.Exists != removes && now.Bytes.Span.SequenceEqual(after.Span) ? (ChangeOutcome.Applied, removes ? "there is no table any more" : "the table is the new one")
        : (now.Exists == existed || before.IsEmpty) && now.Bytes.Span.SequenceEqual(before.Span) ? (ChangeOutcome.Failed, "the table is the old one")
        : (ChangeOutcome.Unknown, "the table is neither the old nor the new one: someone else has changed it");
}
