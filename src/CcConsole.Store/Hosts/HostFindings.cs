namespace CcConsole.Store.Hosts;

/// <summary>What was found on a host beside its tables: JSON of the fleet's own, which alone reads it.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Json">The findings.</param>
/// <param name="ReadAt">When the host was looked through.</param>
public sealed record HostFindings(string Host, ReadOnlyMemory<byte> Json, DateTimeOffset ReadAt);
