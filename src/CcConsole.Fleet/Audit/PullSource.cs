using System.Runtime.CompilerServices;
using CcConsole.Core;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;

namespace CcConsole.Fleet.Audit;

/// <summary>The host's side of a pull: its chain as the agent gives it.</summary>
internal sealed class PullSource(AgentSession agent, string host)
{
    private const int Credit = 8;

    /// <summary>Opens the chain behind an entry; -1 for all of it.</summary>
    public async Task<(AuditPullResult Opened, AgentStream Stream)> OpenAsync(long after, CancellationToken cancellation) =>
        await agent.OpenStreamAsync(Methods.AuditPull, new AuditPullParams(after, false, Credit), Credit,
            ProtocolJson.Default.AuditPullParams, ProtocolJson.Default.AuditPullResult, cancellation).ConfigureAwait(false);

    /// <summary>What the agent sends. Each message holds whole lines, since what is verified of it is cut out by its length; only the very last may be torn.</summary>
    public async IAsyncEnumerable<AuditLines> LinesAsync(AgentStream stream, [EnumeratorCancellation] CancellationToken cancellation)
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
