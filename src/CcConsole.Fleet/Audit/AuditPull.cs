using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// One pull of a host's chain. It starts at the last line held, which must be there still, byte for byte; verifies what follows; stores it,
/// and only then moves the head. What contradicts the copy is kept as evidence, and nothing of the copy is overwritten. A deep pull
/// first holds every entry that the host has against the copy: it finds what was changed on the host after it was seen here.
/// </summary>
internal sealed class AuditPull(CacheDatabase cache, FleetOptions options, AgentSession agent, string host, string? hostKey, bool deep)
{
    private const string Good = "OK";
    private readonly PullSource _source = new(agent, host);
    private readonly PullEvidence _evidence = new(cache, host);

    public async Task<PullResult> RunAsync(CancellationToken cancellation)
    {
        if (cache.Conflicts.Open(host) is [.., var open])
        {
            return _evidence.Result(open);
        }

        ChainHead? head = cache.Chains.Head(host);
        (AuditPullResult opened, AgentStream stream) = await _source.OpenAsync(head?.Seq ?? -1, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            bool holds = head is null || Holds(opened.Held, cache.Chains.Line(head, head.Seq));
            if (head is not null && (deep || !holds) && await CompareAsync(head, cancellation).ConfigureAwait(false) is { } contradiction)
            {
                return contradiction;
            }

            if (!holds)
            {
                throw new ProblemException($"{host}: the agent says that entry #{head!.Seq} is not what was seen, and then gives the same one",
                    "Pull again; if it stays so, look at the agent on the host.");
            }

            return await ContinueAsync(head, stream, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<PullResult?> CompareAsync(ChainHead head, CancellationToken cancellation)
    {
        using CopyComparison comparison = new(cache, _source, _evidence);
        return await comparison.RunAsync(head, cancellation).ConfigureAwait(false);
    }

    private async Task<PullResult> ContinueAsync(ChainHead? head, AgentStream stream, CancellationToken cancellation)
    {
        ChainVerifier verifier = head is null ? ChainVerifier.Start() : ChainVerifier.Start(ParseHash(head), head.Seq + 1);
        long added = 0;
        bool worthAnEntry = false;
        await foreach (AuditLines lines in _source.LinesAsync(stream, cancellation).ConfigureAwait(false))
        {
            long before = verifier.VerifiedBytes;
            bool good = verifier.Append(lines.Bytes);
            ReadOnlyMemory<byte> verified = lines.Bytes.AsMemory(0, (int)(verifier.VerifiedBytes - before));
            if (!verified.IsEmpty)
            {
                List<ChainLine> rows = ChainLines.Split(verified, (head?.Seq ?? -1) + 1);
                worthAnEntry |= rows.Any(row => ChainLines.Member(row.Bytes.Span, "event"u8) != AuditEvents.ConsolePulled);
                head = cache.Chains.Append(Next(head, rows, verified.Length, verifier.Head), rows, head);
                added += rows.Count;
            }

            if (!good)
            {
                return Bad(verifier.Finish(), head, lines.Bytes.AsMemory(verified.Length), added);
            }
        }

        VerifyResult result = verifier.Finish();
        if (result.Verdict is not (Verdict.Ok or Verdict.Unanchored))
        {
            return Bad(result, head, ReadOnlyMemory<byte>.Empty, added);
        }

        if (head is null)
        {
            return new PullResult { Host = host, Verdict = Good, Message = $"{host}: the chain has no entry yet" };
        }

        head = cache.Chains.Append(head with { PulledAt = options.Time.GetUtcNow(), Verdict = Good, HostKey = hostKey ?? head.HostKey }, [], head);
        string? note = worthAnEntry && !options.ReadOnly ? await RecordAsync(head, cancellation).ConfigureAwait(false) : null;
        return new PullResult { Host = host, Verdict = Good, Added = added, Head = head, Message = note };
    }

    /// <summary>Leaves an entry about this pull in the host's chain; a note when it could not.</summary>
    private async Task<string?> RecordAsync(ChainHead head, CancellationToken cancellation)
    {
        try
        {
            AuditAppendParams entry = new(AuditEvents.ConsolePulled, options.Actor, options.Origin) { Seq = head.Seq, Hash = head.Hash };
            await agent.RequestAsync(Methods.AuditAppend, entry, ProtocolJson.Default.AuditAppendParams, ProtocolJson.Default.AuditAppendResult, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (AgentProblemException e)
        {
            return $"the pull is not recorded in the host's chain: {e.Message}";
        }
    }

    private PullResult Bad(VerifyResult result, ChainHead? head, ReadOnlyMemory<byte> rest, long added)
    {
        // Line numbers of a continued verification count from where it started; the person counts from the chain's start.
        long seq = (head?.Seq ?? -1) + 1;
        byte[] ours = head is null ? [] : _evidence.Ours(head, head.Seq);
        return _evidence.Keep(head, seq, result.Verdict.Word(), $"entry #{seq}: {PullEvidence.Words(result)}", ours, rest) with { Added = added };
    }

    private ChainHead Next(ChainHead? head, List<ChainLine> rows, int length, Hash32 hash) => new()
    {
        Copy = head?.Copy ?? 0,
        Host = host,
        Chain = head?.Chain ?? ChainLines.Member(rows[0].Bytes.Span, "chain"u8) ?? "",
        Seq = rows[^1].Seq,
        Offset = (head?.Offset ?? 0) + length,
        Hash = hash.ToString(),
        // The first line was verified, so it carries its hash.
        GenesisHash = head?.GenesisHash ?? ChainLines.Member(rows[0].Bytes.Span, "hash"u8)!,
        HostKey = hostKey ?? head?.HostKey,
        PulledAt = options.Time.GetUtcNow(),
        Verdict = Good,
    };

    private static bool Holds(byte[]? held, ChainLine? ours) =>
        held is not null && ours is { } line && held.Length == line.Bytes.Length + 1 && held[^1] == '\n' && held.AsSpan(0, held.Length - 1).SequenceEqual(line.Bytes.Span);

    private static Hash32 ParseHash(ChainHead head) => Hash32.TryParse(System.Text.Encoding.ASCII.GetBytes(head.Hash), out Hash32 hash)
        ? hash
        : throw new ProblemException($"{head.Host}: the remembered head in the cache is no hash", "cc-console doctor checks the cache.");
}
