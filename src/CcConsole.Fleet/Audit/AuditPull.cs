using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// One pull of a chain. It starts at the last line held, which must be there still, byte for byte; verifies what follows; stores it,
/// and only then moves the head. What contradicts the copy is kept as evidence, and nothing of the copy is overwritten. A deep pull
/// first holds every entry that the host has against the copy: it finds what was changed on the host after it was seen here.
/// </summary>
internal sealed class AuditPull(CacheDatabase cache, FleetOptions options, IChainSource source, string host, string? hostKey, bool deep, Action<ChainHead, ChainLine> hear)
{
    private const string Good = "OK", Overdue = "OVERDUE";
    private HostKeyPin _pin = null!;
    private PullEvidence _evidence = new(cache, host);
    private long _notable;
    private bool _compared;

    /// <summary>Whether an entry came that is about more than the chain itself and who pulled it.</summary>
    public bool IsNotable { get; private set; }

    /// <summary>Whether every entry of the host was held against the copy, or is new in it.</summary>
    public bool HasCompared => _compared;

    public async Task<PullResult> RunAsync(CancellationToken cancellation)
    {
        // The word of a witness alone does not stop a pull: a false one would let who takes the host write anew all that came since.
        if (cache.Conflicts.Open(host).LastOrDefault(conflict => conflict.Witness is null) is { } open)
        {
            return _evidence.Result(open);
        }

        ChainHead? head = cache.Chains.Head(host);
        _notable = head?.Notable ?? -1;
        _pin = new HostKeyPin(head, hostKey);
        if (head is not null && CheckEnd(head) is { } edited)
        {
            return edited;
        }

        _evidence = new PullEvidence(cache, host, _pin.Beside);
        ChainStream stream = await source.OpenAsync(head?.Seq ?? -1, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // Where the host has let go of the entry that is held here last, what follows must still name its hash.
            bool holds = head is null || Holds(stream.Held, cache.Chains.Line(head, head.Seq)) || (stream.Held is null && stream.First == head.Seq + 1);
            if (head is not null && (deep || !holds) && await CompareAsync(head, cancellation).ConfigureAwait(false) is { } contradiction)
            {
                return contradiction;
            }

            if (!holds)
            {
                throw new ProblemException($"{host}: the agent says that entry #{head!.Seq} is not what was seen, and then gives the same one",
                    "Pull again; if it stays so, look at the agent on the host.");
            }

            return _pin.IsAnother ? _pin.Keep(new PullEvidence(cache, host)) : await ContinueAsync(head, stream, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A head that its own last line does not carry would put the blame for what follows on the host.</summary>
    private PullResult? CheckEnd(ChainHead head)
    {
        ChainLine? last = cache.Chains.Line(head, head.Seq);
        if (last is { } line && ChainLines.Member(line.Bytes.Span, "hash"u8) == head.Hash)
        {
            return null;
        }

        string found = last is null ? "is gone" : "does not carry the hash that is remembered of it";
        return _evidence.Keep(head, head.Seq, Verdict.Fork.Word(), $"entry #{head.Seq} of the copy in this console's cache {found}: the cache was edited",
            System.Text.Encoding.ASCII.GetBytes(head.Hash), last?.Bytes ?? default);
    }

    private async Task<PullResult?> CompareAsync(ChainHead head, CancellationToken cancellation)
    {
        using CopyComparison comparison = new(cache, source, _evidence, head);
        PullResult? found = await comparison.RunAsync(cancellation).ConfigureAwait(false);
        _compared = found is null;
        return found;
    }

    private async Task<PullResult> ContinueAsync(ChainHead? head, ChainStream stream, CancellationToken cancellation)
    {
        ChainHead? before = head;
        // Of a copy that begins here every entry is verified, and there is nothing to compare.
        _compared |= head is null;
        VerifyResult? edited = null;
        ChainVerifier? verifier = head is null ? ChainVerifier.Start(mayBePruned: stream.First > 0) : Continuation.Behind(cache, head, out edited);
        if (verifier is null)
        {
            return Edited(head!, edited!);
        }

        long added = 0;
        await foreach (AuditLines lines in stream.Lines.ConfigureAwait(false))
        {
            long done = verifier.VerifiedBytes;
            bool good = verifier.Append(lines.Bytes);
            ReadOnlyMemory<byte> verified = lines.Bytes.AsMemory(0, (int)(verifier.VerifiedBytes - done));
            if (!verified.IsEmpty)
            {
                List<ChainLine> rows = ChainLines.Split(verified, head is null ? lines.First : head.Seq + 1);
                List<ChainLine> told = [.. rows.Where(IsTold)];
                head = cache.Chains.Append(Next(head, rows, verified.Length, verifier.Known), rows, head);
                added += rows.Count;
                told.ForEach(line => hear(head, line));
            }

            if (!good)
            {
                return Bad(verifier.Finish(), head, lines.Bytes.AsMemory(verified.Length), added);
            }
        }

        VerifyResult result = verifier.Finish();
        if (!result.Verdict.IsWhole())
        {
            return Bad(result, head, ReadOnlyMemory<byte>.Empty, added);
        }

        if (head is null)
        {
            return new PullResult { Host = host, Verdict = Good, Message = $"{host}: the chain has no entry yet" };
        }

        // The first entries of a chain that has let go of older ones are signed by keys that only a later entry names.
        if (verifier.Pruned is not null)
        {
            if (Continuation.Find(cache, head, out VerifyResult? bad) is not { } found)
            {
                return Edited(head, bad!);
            }

            head = cache.Chains.Append(With(head, found), [], head);
        }

        DateTimeOffset now = options.Time.GetUtcNow();
        // An agent that ended in an orderly way writes no checkpoints, and this console signs its own chain when it has written.
        if (host != OwnChain.Name && !IsStopped(head))
        {
            result = result.Live(now, source.ClockAhead);
        }

        // A gap that an earlier pull found stays one until something is signed again: this one has looked at what is new alone.
        bool still = result.Verdict != Verdict.Overdue && before?.Verdict == Overdue && head.CheckpointSeq == before.CheckpointSeq;
        string verdict = still || result.Verdict == Verdict.Overdue ? Overdue : Good;
        head = cache.Chains.Append(head with { PulledAt = now, Verdict = verdict, HostKey = _pin.Pinned, ComparedAt = _compared ? now : head.ComparedAt }, [], head);
        string? message = still ? $"the agent has signed nothing since {(head.CheckpointSeq is { } signed ? $"#{signed}" : "its first key")}, which was overdue before"
            : verdict == Good && result.Verdict != Verdict.Clock ? null : result.Message;
        return new PullResult { Host = host, Verdict = verdict, Added = added, Head = head, Message = message };
    }

    private bool IsStopped(ChainHead head) => cache.Chains.Line(head, head.Seq) is { } last && ChainLines.Member(last.Bytes.Span, "event"u8) == AuditEvents.AgentStopped;

    /// <summary>Notes a new entry.</summary>
    /// <returns>Whether it is one in which a console says what it has seen.</returns>
    private bool IsTold(ChainLine line)
    {
        string? name = ChainLines.Event(line.Bytes.Span);
        bool told = name is AuditEvents.ConsolePulled or AuditEvents.WitnessHead;
        if (!told && name is not (AuditEvents.KeyNext or AuditEvents.Checkpoint or AuditEvents.Rotate))
        {
            (_notable, IsNotable) = (line.Seq, true);
        }

        return told;
    }

    private PullResult Bad(VerifyResult result, ChainHead? head, ReadOnlyMemory<byte> rest, long added)
    {
        // Line numbers of a continued verification count from where it started; the person counts from the chain's start.
        long seq = (head?.Seq ?? -1) + 1;
        byte[] ours = head is null ? [] : _evidence.Ours(head, head.Seq);
        return _evidence.Keep(head, seq, result.Verdict.Word(), $"entry #{seq}: {PullEvidence.Words(result)}", ours, rest) with { Added = added };
    }

    /// <summary>The copy itself is not whole: what is bad in it is kept.</summary>
    private PullResult Edited(ChainHead head, VerifyResult found)
    {
        long seq = head.First + found.Verified;
        return _evidence.Keep(head, seq, found.Verdict.Word(), $"entry #{seq} of the copy here: {PullEvidence.Words(found)}", _evidence.Ours(head, seq), default);
    }

    private static ChainHead With(ChainHead head, KnownChain known) => head with
    {
        Hash = known.Previous.ToString(),
        SignedSince = known.SignedSince,
        CheckpointSeq = known.LastCheckpoint?.Seq,
        CheckpointAt = known.LastCheckpoint?.Time,
        Continuation = known.Text,
    };

    private ChainHead Next(ChainHead? head, List<ChainLine> rows, int length, KnownChain known) => With((head ?? new ChainHead
    {
        Host = host,
        Chain = ChainLines.Member(rows[0].Bytes.Span, "chain"u8) ?? "",
        Seq = -1,
        First = rows[0].Seq,
        Offset = 0,
        Hash = "",
        // The first line was verified, so it carries its hash.
        GenesisHash = ChainLines.Member(rows[0].Bytes.Span, "hash"u8)!,
        PulledAt = ChainHead.NotEnded,
        Verdict = Good,
    }) with
    {
        Seq = rows[^1].Seq,
        Offset = (head?.Offset ?? 0) + length,
        HostKey = _pin.Pinned,
        // Not yet taken whole: that is said when the pull ends.
        SeenAt = options.Time.GetUtcNow(),
        Notable = _notable,
    }, known);

    private static bool Holds(byte[]? held, ChainLine? ours) =>
        held is not null && ours is { } line && held.Length == line.Bytes.Length + 1 && held[^1] == '\n' && held.AsSpan(0, held.Length - 1).SequenceEqual(line.Bytes.Span);
}
