namespace CcAgent.Exec;

/// <summary>How a job's command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="Signal">The signal that ended it; null when it exited by itself.</param>
/// <param name="TimedOut">Whether its time was up.</param>
/// <param name="Duration">How long it ran, by the monotonic clock.</param>
/// <param name="LeftKilled">Whether processes that it left behind when its time was up had to be killed.</param>
/// <param name="StreamsLeftOpen">Whether its output was not at its end: something that it started holds it open, or nobody reads what is passed on.</param>
internal readonly record struct JobOutcome(int ExitCode, int? Signal, bool TimedOut, TimeSpan Duration, bool LeftKilled, bool StreamsLeftOpen);
