using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>
/// Applies plans, keeps their journal, and takes changes back. A plan is noted on disk before it is sent; a write is never
/// tried twice; after a lost connection the table is read to learn which of the two it is.
/// </summary>
public sealed class ChangeOperations
{
    // More than a write may take that is still waited for.
    private static readonly TimeSpan ReadBackLimit = TimeSpan.FromMinutes(2.5);
    private readonly SessionPool _sessions;
    private readonly HostDirectory _hosts;
    private readonly CacheDatabase _cache;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;
    private readonly Settlement _settlement;
    private readonly Lock _noting = new();
    private readonly Dictionary<(string Host, string Table), long> _noted = [];
    private long _lastNoted;

    internal ChangeOperations(SessionPool sessions, HostDirectory hosts, CacheDatabase cache, FleetOptions options, ReadOnlyGuard guard) =>
        (_sessions, _hosts, _cache, _options, _guard, _settlement) = (sessions, hosts, cache, options, guard, new Settlement(sessions, cache, guard));

    /// <summary>Raised after every application of a plan, with its result, on the thread that applied it.</summary>
    public event Action<ChangeResult>? Applied;

    /// <summary>Raised with the record of a change that had been interrupted, when its end has been found, on the thread that found it.</summary>
    public event Action<ChangeRecord>? Settled
    {
        add => _settlement.Settled += value;
        remove => _settlement.Settled -= value;
    }

    /// <summary>
    /// Applies a plan by compare-and-swap and reads the table back. What goes wrong is in the result; nothing is written unless the table
    /// still is what the plan was made from.
    /// </summary>
    /// <exception cref="ProblemException">The console is read-only, the cache cannot be written, or the host is not reached: nothing was sent.</exception>
    public async Task<ChangeResult> ApplyAsync(ChangePlan plan, CancellationToken cancellation = default)
    {
        _guard.DemandLocal(plan.Description);
        if (plan.IsEmpty)
        {
            return new ChangeResult { Plan = plan, Outcome = ChangeOutcome.Refused, Current = plan.Before, Message = "Nothing would change" };
        }

        return (await ApplyAsync(plan, _cache.Changes.Begin, cancellation).ConfigureAwait(false))!;
    }

    /// <summary>Applies a plan that is part of a larger one.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="begin">Notes the change, or gives null when it is another's: nothing is sent then.</param>
    /// <param name="cancellation">Gives up, until the change is noted.</param>
    /// <returns>Null when the change was another's.</returns>
    internal async Task<ChangeResult?> ApplyAsync(ChangePlan plan, Func<ChangeRecord, ChangeRecord?> begin, CancellationToken cancellation)
    {
        HostConnection connection = await _sessions.Get(plan.Host).ConnectAsync(cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        _guard.Demand(plan.Description);
        ChangeRecord? record = begin(plan.ToRecord(_options));
        if (record is null)
        {
            return null;
        }

        // From here on the change is carried through: giving up in its middle would only leave its end unknown.
        ChangeResult result = await WriteAsync(connection, plan, record.Token).ConfigureAwait(false) with { Change = record.Id };
        try
        {
            Note(result, record.Id);
            result = result.Displaced is { } found ? Keep(found, result, record.Id) : result;
        }
        catch (ProblemException e)
        {
            // What has become of the table is known all the same, and is not to be told as if nothing had been sent.
            result = result with
            {
                Message = $"{(result.Message is { } message ? $"{message}; " : "")}this could not be noted here: {e.Message}",
                Hint = result.Hint ?? $"The journal still has change {record.Id} as one whose end is not known: the next console to reach the host finds it out.",
            };
        }

        Applied?.Invoke(result);
        return result;
    }

    /// <summary>Keeps in the journal what had to give way on the host, since nobody else has it any more.</summary>
    private ChangeResult Keep(ReadOnlyMemory<byte> found, ChangeResult result, long change)
    {
        ChangeRecord kept = _cache.Changes.Begin((result.Plan with
        {
            After = found,
            Removes = false,
            Undoes = null,
            Description = $"kept: found in place of change {change}, and replaced on the host by the table as it was before",
        }).ToRecord(_options));
        const string why = "it may be what another editor wrote at the same moment";
        _cache.Changes.End(kept.Id, ChangeOutcome.Refused, why);
        return result with
        {
            Message = $"{result.Message}; what was found there instead is kept as change {kept.Id}: {why}",
            Hint = $"Look at it (cc-console change show {kept.Id}), and make both changes again.",
        };
    }

    private void Note(ChangeResult result, long change)
    {
        ChangePlan plan = result.Plan;
        if (result.IsSettled)
        {
            _cache.Changes.End(change, result.Outcome, result.Message, result.AuditSeq);
        }
        else
        {
            _cache.Changes.Leave(change, result.Message);
        }

        lock (_noting)
        {
            if (plan.Removes && result.IsApplied)
            {
                _noted[(plan.Host, plan.Table.Name)] = ++_lastNoted;
                _cache.Hosts.DropTable(plan.Host, plan.Table.Name);
            }
            else if (result.Current is { } now)
            {
                _noted[(plan.Host, plan.Table.Name)] = ++_lastNoted;
                Store.Hosts.HostTable table = new(plan.Host, plan.Table.Name, now, _options.Time.GetUtcNow());
                _cache.Hosts.SaveTable(table);
                if (result.IsApplied)
                {
                    _cache.Hosts.FollowSeen(table, plan.Before);
                }
            }
        }
    }

    /// <summary>The number of the change that was noted last, for <see cref="KeepRead"/>.</summary>
    internal long LastNoted
    {
        get
        {
            lock (_noting)
            {
                return _lastNoted;
            }
        }
    }

    /// <summary>Keeps a table as it was read, unless a change of it was noted since the reading began: what that change read back is newer.</summary>
    /// <param name="table">The table.</param>
    /// <param name="noted"><see cref="LastNoted"/> before it was read.</param>
    internal void KeepRead(Store.Hosts.HostTable table, long noted)
    {
        lock (_noting)
        {
            if (_noted.GetValueOrDefault((table.Host, table.Name)) <= noted)
            {
                _cache.Hosts.SaveTable(table);
            }
        }
    }

    /// <summary>Keeps what was found on a host, while no change is noted.</summary>
    /// <param name="host">The host.</param>
    /// <param name="noted"><see cref="LastNoted"/> before the host was looked through.</param>
    /// <param name="keep">Keeps it; is given what tells of a table's name whether a change of it was noted since, so that what is kept already is newer.</param>
    internal void KeepFound(string host, long noted, Action<Func<string, bool>> keep)
    {
        lock (_noting)
        {
            keep(table => _noted.GetValueOrDefault((host, table)) > noted);
        }
    }

    /// <summary>The plan that takes a change back: the table as it was before, provided that it still is what the change made of it.</summary>
    /// <param name="change">The change's number; null for the last one that was applied and not taken back.</param>
    /// <param name="host">For null: of this host alone.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">There is nothing to undo, or the table was changed since.</exception>
    public async Task<ChangePlan> PlanUndoAsync(long? change = null, string? host = null, CancellationToken cancellation = default)
    {
        await SettleInterruptedAsync(change, host, cancellation).ConfigureAwait(false);
        ChangeRecord? record = change is { } number ? _cache.Changes.Find(number) : _cache.Changes.LastUndoable(host);
        if (record is null)
        {
            throw new ProblemException(change is null ? "There is no change to undo" : $"There is no change with the number {change}",
                "Each change tells its number when it is made; what was changed by other means is not known here.");
        }

        if (record.Outcome != ChangeOutcome.Applied)
        {
            throw new ProblemException($"Change {record.Id} ({record.Description}) was not applied, so there is nothing to undo", record.Message ?? "");
        }

        if (record.UndoneBy is { } undo)
        {
            throw new ProblemException($"Change {record.Id} ({record.Description}) was undone already, by change {undo}", $"Undo change {undo} to have it back.");
        }

        HostConnection connection = await _sessions.Get(record.Host).ConnectAsync(cancellation).ConfigureAwait(false);
        bool own = record.Table == connection.Facts.User;
        TableSnapshot table = await connection.Tables.ReadAsync(own ? null : TableId.Parse(record.Table), cancellation).ConfigureAwait(false);
        if (table.Exists == record.Removes || !table.Bytes.Span.SequenceEqual(record.After.Span))
        {
            throw new ProblemException($"{record.Host}: {table.Id.Words} was changed again after change {record.Id}, so undoing it would lose that",
                "Undo the later change first, or edit the job by hand.");
        }

        return new ChangePlan
        {
            Host = record.Host,
            Table = table.Id,
            IsOwnTable = own,
            Existed = table.Exists,
            Before = table.Bytes,
            After = Installable(record.Before, table),
            Removes = !record.Existed,
            Description = $"undo change {record.Id}: {record.Description}",
            IsProduction = _hosts.Get(record.Host).IsProduction,
            Undoes = record.Id,
        };
    }

    /// <summary>What was interrupted may be what is to be undone.</summary>
    private async Task SettleInterruptedAsync(long? change, string? host, CancellationToken cancellation)
    {
        if (change is { } number)
        {
            host = _cache.Changes.Find(number) is { Outcome: null } open ? open.Host : null;
            if (host is null)
            {
                return;
            }
        }

        // An older one is not the last change, and its host may be away.
        long last = host is null ? _cache.Changes.LastUndoable()?.Id ?? 0 : 0;
        foreach (string each in host is null ? Unfinished().Where(open => open.Id > last).Select(open => open.Host).Distinct() : [host])
        {
            await _settlement.SettleAsync(each, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The changes that this console tried, newest first.</summary>
    public IReadOnlyList<ChangeRecord> List(string? host = null, int limit = 1000) => _cache.Changes.List(host, limit);

    /// <summary>One change; null when there is none with that number.</summary>
    public ChangeRecord? Find(long change) => _cache.Changes.Find(change);

    /// <summary>Changes that have no outcome: under way in some console, or interrupted.</summary>
    public IReadOnlyList<ChangeRecord> Unfinished() => _cache.Changes.Unfinished();

    /// <summary>Finds out how a change ended that was interrupted, and notes it: applied, failed, or unknown when someone else has changed the table since.</summary>
    /// <exception cref="ProblemException">The console is read-only, there is no such change, the host is not reached, or the write does not end.</exception>
    public Task<ChangeRecord> SettleAsync(long change, CancellationToken cancellation = default) => _settlement.SettleAsync(change, cancellation);

    /// <summary>The same for all changes of a host that no living console is making. Nothing in a read-only console.</summary>
    /// <exception cref="ProblemException">The host is not reached, or a write does not end.</exception>
    public Task SettleAsync(string host, CancellationToken cancellation = default) => _settlement.SettleAsync(host, cancellation);

    /// <summary>
    /// A table as it was, with the final line feed that crontab(1) asks for: a table that an editor left without one could be read
    /// and changed, but never be installed again.
    /// </summary>
    private static ReadOnlyMemory<byte> Installable(ReadOnlyMemory<byte> before, TableSnapshot table)
    {
        CrontabDocument document = (table with { Bytes = before }).Parse();
        return document.HasFinalNewline || document.IsAccepted ? before : (byte[])[.. before.Span, (byte)'\n'];
    }

    private async Task<ChangeResult> WriteAsync(HostConnection connection, ChangePlan plan, string token)
    {
        try
        {
            TableWriteResult write = await connection.Tables.WriteAsync(plan, token, CancellationToken.None).ConfigureAwait(false);
            ChangeResult result = new() { Plan = plan, Outcome = ChangeOutcome.Applied, Current = write.Current, AuditSeq = write.AuditSeq, Message = write.Message.Length > 0 ? write.Message : null, Displaced = write.Displaced };
            return write.Outcome switch
            {
                TableWriteOutcome.Written when write.Current is { } now && now.Span.SequenceEqual(plan.After.Span) => result,
                TableWriteOutcome.Conflict => result with
                {
                    Outcome = ChangeOutcome.Refused,
                    Message = $"{plan.Host}: {plan.Table.Words} was changed by someone else since it was read; nothing was written",
                    Hint = "Look at the difference, and make the change again on the table as it is now.",
                },
                TableWriteOutcome.Rejected => result with { Outcome = ChangeOutcome.Refused, Message = $"{plan.Host}: {write.Message}; {(write.Displaced is null ? "nothing was changed" : "the old table was put back")}", Hint = RejectedHint(plan) },
                _ => (await ReadBackAsync(plan, token, new ProblemException($"{plan.Host}: {(write.Message.Length > 0 ? write.Message : "the table is not what was written")}")).ConfigureAwait(false)) with
                {
                    Displaced = write.Displaced,
                },
            };
        }
        catch (HostProblemException e) when (!e.MayHaveRun)
        {
            return new ChangeResult { Plan = plan, Outcome = ChangeOutcome.Refused, Current = plan.Before, Message = e.Message, Hint = e.Hint };
        }
        catch (ProblemException e)
        {
            return await ReadBackAsync(plan, token, e).ConfigureAwait(false);
        }
    }

    /// <summary>crontab(1) itself counts lines from another start than people do.</summary>
    private static string RejectedHint(ChangePlan plan)
    {
        int bad = CrontabDocument.Parse(plan.After.Span).Lines.ToList().FindIndex(line => line is UnparsedLine);
        return bad < 0 ? "The table is as it was: correct what the message names, and try again."
            : $"Line {bad + 1} of the table does not parse, and crontab installs no table with such a line: correct it first (crontab -e on the host).";
    }

    /// <summary>After a write whose end was not heard: what is the table now?</summary>
    private async Task<ChangeResult> ReadBackAsync(ChangePlan plan, string token, ProblemException cause)
    {
        ChangeResult result = new() { Plan = plan, Outcome = ChangeOutcome.Unknown, Message = cause.Message, Hint = cause.Hint };
        try
        {
            using CancellationTokenSource limit = new(ReadBackLimit, _options.Time);
            HostConnection connection = await _sessions.Get(plan.Host).ConnectAsync(limit.Token).ConfigureAwait(false);
            TableSnapshot now = await connection.Tables.SettleAsync(plan.IsOwnTable ? null : plan.Table, token, limit.Token).ConfigureAwait(false);
            (ChangeOutcome outcome, string words) = Settlement.Compare(now, plan.Before, plan.Existed, plan.After, plan.Removes);
            return result with
            {
                Outcome = outcome,
                Current = now.Bytes,
                Message = $"{cause.Message}; read again, {words}",
                Hint = outcome switch
                {
                    ChangeOutcome.Applied => null,
                    ChangeOutcome.Failed => "Nothing was changed: make the change again.",
                    _ => "Look at the table; the bytes before and after are in the journal of changes.",
                },
            };
        }
        catch (Exception e) when (e is ProblemException or OperationCanceledException)
        {
            return result with
            {
                IsSettled = false,
                Message = $"{cause.Message}; whether the table is the old or the new one is not known yet",
                Hint = "It is found out at the next contact with the host: cc-console job list " + plan.Host,
            };
        }
    }
}
