using CcConsole.Core.Crontab.Discovery;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Inventory;

/// <summary>Looks through a host: by its agent, or by the script alone where it has none.</summary>
internal static class HostLook
{
    private const int Credit = 16;

    /// <summary>The most that an agent may send: what the script's own bounds leave, and room for what it says around it.</summary>
    private const int MostBytes = 16 << 20;

    // Very many tables, each looked at by some programs, on a slow host.
    private static readonly CommandOptions Options = new() { Timeout = TimeSpan.FromMinutes(2), OutputLimit = MostBytes };

    /// <exception cref="Core.ProblemException">The host is not reached, or cannot be looked through.</exception>
    public static async Task<HostSchedules> AtAsync(HostConnection connection, CancellationToken cancellation)
    {
        if (connection.Agent is { } agent && agent.Hello.Capabilities.Contains(Methods.CrontabDiscover))
        {
            return HostDiscovery.Parse(0, await AskAsync(agent, cancellation).ConfigureAwait(false), default);
        }

        if (connection.Agent is { IsForced: true })
        {
            throw new Core.ProblemException($"{connection.Host.Name}: the host's key is for its agent alone, and this agent does not look through the host",
                "Upgrade the agent there, or connect by another key.");
        }

        CommandResult result = await connection.Shell.RunAsync(HostDiscovery.Command(), default, Options, cancellation).ConfigureAwait(false);
        return HostDiscovery.Parse(result.ExitCode, result.Output.Span, result.Error.Span);
    }

    private static async Task<byte[]> AskAsync(AgentSession agent, CancellationToken cancellation)
    {
        (_, AgentStream stream) = await agent.OpenStreamAsync(Methods.CrontabDiscover, new CrontabDiscoverParams(Credit), Credit,
            ProtocolJson.Default.CrontabDiscoverParams, ProtocolJson.Default.StreamResult, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using MemoryStream all = new();
            await foreach (RpcMessage message in stream.ReadAsync(mayBeSilent: false, cancellation).ConfigureAwait(false))
            {
                if (message.Method == StreamMethods.CrontabFound)
                {
                    all.Write(AgentSession.Read(message.Params, ProtocolJson.Default.CrontabFound).Data);
                    if (all.Length > MostBytes)
                    {
                        throw new Core.ProblemException($"{agent.Host}: the agent sent more than {MostBytes >> 20} MiB of tables", "Are agent and console of versions that belong together?");
                    }
                }
            }

            return all.ToArray();
        }
    }
}
