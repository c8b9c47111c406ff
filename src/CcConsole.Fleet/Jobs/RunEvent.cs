namespace CcConsole.Fleet.Jobs;

/// <summary>What happens in a run that was started from here.</summary>
public abstract record RunEvent;

/// <summary>Something about the run that one would not expect: where it differs from cron's, or where cron itself surprises.</summary>
/// <param name="Text">In words.</param>
public sealed record RunNote(string Text) : RunEvent;

/// <summary>It wrote something.</summary>
/// <param name="IsError">True for standard error.</param>
/// <param name="Bytes">The bytes as they came.</param>
public sealed record RunOutput(bool IsError, ReadOnlyMemory<byte> Bytes) : RunEvent;

/// <summary>It ended. The last event.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="Duration">How long it ran.</param>
/// <param name="Signal">The signal that ended it; null when none did, and on a host without an agent, where a shell tells the code alone.</param>
public sealed record RunEnded(int ExitCode, TimeSpan Duration, int? Signal = null) : RunEvent;
