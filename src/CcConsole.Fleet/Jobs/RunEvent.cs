namespace CcConsole.Fleet.Jobs;

/// <summary>What happens in a run that was started from here.</summary>
public abstract record RunEvent;

/// <summary>It wrote something.</summary>
/// <param name="IsError">True for standard error. Without an agent both come as standard output, in their order.</param>
/// <param name="Bytes">The bytes as they came.</param>
public sealed record RunOutput(bool IsError, ReadOnlyMemory<byte> Bytes) : RunEvent;

/// <summary>It ended. The last event.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record RunEnded(int ExitCode, TimeSpan Duration) : RunEvent;
