using System.Runtime.CompilerServices;
using CcConsole.Core;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;

namespace CcConsole.Fleet.Audit;

/// <summary>A host's chain as its agent gives it.</summary>
internal sealed class AgentChain(AgentSession agent, string host, TimeProvider time) : IChainSource
{
    private const int Credit = 8;

    public TimeSpan ClockAhead => agent.ClockAhead;

    public async Task<ChainStream> OpenAsync(long after, CancellationToken cancellation)
    {
        (AuditPullResult opened, AgentStream stream) = await agent.OpenStreamAsync(Methods.AuditPull, new AuditPullParams(after, false, Credit), Credit,
            ProtocolJson.Default.AuditPullParams, ProtocolJson.Default.AuditPullResult, cancellation).ConfigureAwait(false);
        // A session may be open for days, and either clock be set meanwhile.
        if (opened.Now is { } now)
        {
            agent.ClockAhead = now - time.GetUtcNow();
        }

        return new ChainStream(opened.Held, LinesAsync(stream, cancellation), opened.First, stream);
    }

    /// <summary>Each message holds whole lines, since what is verified of it is cut out by its length; only the very last may be torn.</summary>
    private async IAsyncEnumerable<AuditLines> LinesAsync(AgentStream stream, [EnumeratorCancellation] CancellationToken cancellation)
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
}
