using System.Text.Json;
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
    /// <summary>Most bytes of either side that are kept as evidence.</summary>
    private const int EvidenceLimit = 16 << 20;
    private const int Credit = 8;
    private const string Good = "OK";

    public async Task<PullResult> RunAsync(CancellationToken cancellation)
    {
        if (cache.Conflicts.Open(host) is [.., var open])
        {
            return Contradicted(open);
        }

        ChainHead? head = cache.Chains.Head(host);
        (AuditPullResult opened, AgentStream stream) = await OpenAsync(head?.Seq ?? -1, cancellation).ConfigureAwait(false);
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

    private async Task<PullResult> ContinueAsync(ChainHead? head, AgentStream stream, CancellationToken cancellation)
    {
        ChainVerifier verifier = head is null ? ChainVerifier.Start() : ChainVerifier.Start(ParseHash(head), head.Seq + 1);
        long added = 0;
        bool worthAnEntry = false;
        await foreach (AuditLines lines in LinesAsync(stream, cancellation).ConfigureAwait(false))
        {
            long before = verifier.VerifiedBytes;
            bool good = verifier.Append(lines.Bytes);
            ReadOnlyMemory<byte> verified = lines.Bytes.AsMemory(0, (int)(verifier.VerifiedBytes - before));
            if (!verified.IsEmpty)
            {
                List<ChainLine> rows = Split(verified, (head?.Seq ?? -1) + 1);
                worthAnEntry |= rows.Any(row => Member(row.Bytes.Span, "event"u8) != AuditEvents.ConsolePulled);
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

    /// <summary>Holds what the host has against the copy, entry by entry: finds where the two part, and keeps both; null when they agree.</summary>
    private async Task<PullResult?> CompareAsync(ChainHead head, CancellationToken cancellation)
    {
        using MemoryStream theirs = new();
        long parted = -1, seen = 0;
        ChainVerifier before = ChainVerifier.Start();
        VerifyResult? found = null;
        (_, AgentStream stream) = await OpenAsync(-1, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using IEnumerator<ChainLine> ours = cache.Chains.Lines(head).GetEnumerator();
            await foreach (AuditLines lines in LinesAsync(stream, cancellation).ConfigureAwait(false))
            {
                foreach (ChainLine line in Split(lines.Bytes, seen))
                {
                    if (line.Seq > head.Seq && parted < 0)
                    {
                        break;
                    }

                    if (parted < 0)
                    {
                        before.Append([.. line.Bytes.Span, (byte)'\n']);
                        if (!(ours.MoveNext() && ours.Current.Bytes.Span.SequenceEqual(line.Bytes.Span)))
                        {
                            (parted, found) = (line.Seq, before.Finish());
                        }
                    }

                    seen = line.Seq + 1;
                    if (parted >= 0 && theirs.Length + line.Bytes.Length < EvidenceLimit)
                    {
                        theirs.Write(line.Bytes.Span);
                        theirs.WriteByte((byte)'\n');
                    }
                }

                if (theirs.Length + lines.Bytes.Length > EvidenceLimit || (parted < 0 && seen > head.Seq))
                {
                    break;
                }
            }
        }

        if (parted < 0 && seen > head.Seq)
        {
            return null;
        }

        (Verdict verdict, long from) = parted switch
        {
            < 0 => (Verdict.Rollback, seen),
            // An entry that is not even whole was changed in place; one that is whole was written anew.
            _ when found is { } bad && !bad.Verdict.IsGood() => (bad.Verdict, parted),
            0 => (Verdict.Replaced, 0),
            _ => (Verdict.Fork, parted),
        };
        string message = verdict switch
        {
            Verdict.Rollback => $"the chain ends before entry #{seen}; #{head.Seq} was seen at {head.PulledAt:yyyy-MM-dd HH:mm} UTC",
            Verdict.Replaced => $"it is another chain than the one seen at {head.PulledAt:yyyy-MM-dd HH:mm} UTC: already its first entry differs",
            not Verdict.Fork => $"entry #{parted} was changed after it was seen at {head.PulledAt:yyyy-MM-dd HH:mm} UTC: {Words(found!)}",
            _ => $"entry #{parted} is another one than at {head.PulledAt:yyyy-MM-dd HH:mm} UTC",
        };
        return Contradicted(cache.Conflicts.Keep(host, head.Chain, from, verdict.Word(), message, Ours(head, from), theirs.ToArray()));
    }

    private PullResult Bad(VerifyResult result, ChainHead? head, ReadOnlyMemory<byte> rest, long added)
    {
        // Line numbers of a continued verification count from where it started; the person counts from the chain's start.
        long seq = (head?.Seq ?? -1) + 1;
        string message = $"entry #{seq}: {Words(result)}";
        ChainConflict conflict = cache.Conflicts.Keep(host, head?.Chain ?? "", seq, result.Verdict.Word(), message, head is null ? Array.Empty<byte>() : Ours(head, head.Seq), rest);
        return Contradicted(conflict) with { Added = added };
    }

    private static string Words(VerifyResult result) => result.Verdict switch
    {
        Verdict.Hash => "it is not what its hash was made of",
        Verdict.Link => "it does not follow the entry before it",
        Verdict.Gap => "entries are missing before it",
        Verdict.Duplicate => "it repeats an entry that came before",
        Verdict.NonCanonical => "it is not an entry in the one allowed spelling",
        _ => result.Message,
    };

    private PullResult Contradicted(ChainConflict conflict) => new()
    {
        Host = host,
        Verdict = conflict.Verdict,
        Head = cache.Chains.Head(host),
        Message = conflict.Message,
        Hint = $"Both versions are kept in {conflict.Directory}. Find out what happened on the host, then: cc-console audit resolve {host}",
        Conflict = conflict,
    };

    private byte[] Ours(ChainHead head, long from)
    {
        using MemoryStream bytes = new();
        foreach (ChainLine line in cache.Chains.Lines(head, from))
        {
            if (bytes.Length + line.Bytes.Length >= EvidenceLimit)
            {
                break;
            }

            bytes.Write(line.Bytes.Span);
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    private ChainHead Next(ChainHead? head, List<ChainLine> rows, int length, Hash32 hash) => new()
    {
        Copy = head?.Copy ?? 0,
        Host = host,
        Chain = head?.Chain ?? Member(rows[0].Bytes.Span, "chain"u8) ?? "",
        Seq = rows[^1].Seq,
        Offset = (head?.Offset ?? 0) + length,
        Hash = hash.ToString(),
        GenesisHash = head?.GenesisHash ?? HashOf(rows[0]),
        HostKey = hostKey ?? head?.HostKey,
        PulledAt = options.Time.GetUtcNow(),
        Verdict = Good,
    };

    /// <summary>A verified line's own hash.</summary>
    private static string HashOf(ChainLine line) => Member(line.Bytes.Span, "hash"u8)!;

    private async Task<(AuditPullResult, AgentStream)> OpenAsync(long after, CancellationToken cancellation) =>
        await agent.OpenStreamAsync(Methods.AuditPull, new AuditPullParams(after, false, Credit), Credit,
            ProtocolJson.Default.AuditPullParams, ProtocolJson.Default.AuditPullResult, cancellation).ConfigureAwait(false);

    /// <summary>What the agent sends. Each message holds whole lines, since what is verified of it is cut out by its length; only the very last may be torn.</summary>
    private async IAsyncEnumerable<AuditLines> LinesAsync(AgentStream stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        bool torn = false;
        await foreach (RpcMessage message in stream.ReadAsync(mayBeSilent: false, cancellation).ConfigureAwait(false))
        {
            if (message.Method == StreamMethods.AuditLines)
            {
                AuditLines lines = AgentSession.Read(message.Params, ProtocolJson.Default.AuditLines);
                yield return !torn ? lines : throw new ProblemException(
                    $"{host}: the agent sent an audit entry in two parts; nothing of it was stored", "Are agent and console of versions that belong together?");
                torn = lines.Bytes is not ([] or [.., (byte)'\n']);
            }
        }
    }

    private static bool Holds(byte[]? held, ChainLine? ours) =>
        held is not null && ours is { } line && held.Length == line.Bytes.Length + 1 && held[^1] == '\n' && held.AsSpan(0, held.Length - 1).SequenceEqual(line.Bytes.Span);

    /// <summary>Cuts bytes at their line feeds; what follows the last one is a line too.</summary>
    private static List<ChainLine> Split(ReadOnlyMemory<byte> bytes, long first)
    {
        List<ChainLine> lines = [];
        while (!bytes.IsEmpty)
        {
            int end = bytes.Span.IndexOf((byte)'\n');
            lines.Add(new ChainLine(first++, end < 0 ? bytes : bytes[..end]));
            bytes = end < 0 ? default : bytes[(end + 1)..];
        }

        return lines;
    }

    /// <summary>A member of an entry that is text; null when there is none.</summary>
    private static string? Member(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        Utf8JsonReader json = new(line);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
                {
                    bool found = json.ValueTextEquals(name);
                    json.Read();
                    if (found)
                    {
                        return json.TokenType == JsonTokenType.String ? json.GetString() : null;
                    }

                    json.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The line was verified in Python's spelling, which knows texts that this reader does not (half a surrogate pair).
        }

        return null;
    }

    private static Hash32 ParseHash(ChainHead head) => Hash32.TryParse(System.Text.Encoding.ASCII.GetBytes(head.Hash), out Hash32 hash)
        ? hash
        : throw new ProblemException($"{head.Host}: the remembered head in the cache is no hash", "cc-console doctor checks the cache.");
}
