using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What a verification of all that a host has now found.</summary>
/// <param name="Result">The finding over every line that the host gave.</param>
/// <param name="Head">The remembered head that it was held against; null when nothing was pulled before.</param>
/// <param name="Conflict">What contradicts the copy; null when nothing does.</param>
/// <param name="At">When.</param>
public sealed record LiveFinding(VerifyResult Result, ChainHead? Head, ChainConflict? Conflict, DateTimeOffset At);

/// <summary>
/// Verifies every entry that a host has, as it streams in, and holds it byte for byte against the copy. Stores none of it; a
/// contradiction is kept by a deep pull, as any other.
/// </summary>
internal sealed class LiveVerification(CacheDatabase cache, FleetOptions options, AgentSession agent, string host)
{
    public async Task<LiveFinding> RunAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        ChainHead? head = cache.Chains.Head(host);
        ChainVerifier verifier = ChainVerifier.Start(head is null ? null : new RememberedHead(head.Seq + 1, Hash32.Parse(head.Hash), Hash32.Parse(head.GenesisHash)), mayBePruned: true);
        ChainStream stream = await new AgentChain(agent, host, options.Time).OpenAsync(-1, cancellation).ConfigureAwait(false);
        bool stopped = false;
        await using (stream.ConfigureAwait(false))
        {
            await foreach (AuditLines lines in stream.Lines.ConfigureAwait(false))
            {
                verifier.Append(lines.Bytes);
                stopped = ChainLines.Split(lines.Bytes, lines.First) is [.., var last] && ChainLines.Member(last.Bytes.Span, "event"u8) == AuditEvents.AgentStopped;
                progress?.Report(verifier.NextSeq);
            }
        }

        DateTimeOffset now = options.Time.GetUtcNow();
        VerifyResult result = verifier.Finish();
        // An agent that ended in an orderly way writes no checkpoints.
        return new LiveFinding(stopped ? result : result.Live(now, agent.ClockAhead), head, cache.Conflicts.Open(host) is [.., var conflict] ? conflict : null, now);
    }
}
