namespace CcConsole.Store.Hosts;

/// <summary>A table of a host as it was last read.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Name">Which table: a user's name, or the path of a system table.</param>
/// <param name="Bytes">Its content, byte for byte.</param>
/// <param name="ReadAt">When.</param>
public sealed record HostTable(string Host, string Name, ReadOnlyMemory<byte> Bytes, DateTimeOffset ReadAt);
