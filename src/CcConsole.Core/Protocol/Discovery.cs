namespace CcConsole.Core.Protocol;

/// <summary>Asks the agent to look through its host for all that runs there by itself.</summary>
/// <param name="Credit">How many messages may be sent before the console grants more.</param>
public sealed record CrontabDiscoverParams(int Credit = 16);

/// <summary>A piece of what the host's script has answered (<see cref="Crontab.Discovery.HostDiscovery"/>), in order.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Data">Bytes of its standard output (base64 on the wire), at most <see cref="RpcLimits.DiscoveryBatchBytes"/>.</param>
public sealed record CrontabFound(long Stream, byte[] Data);
