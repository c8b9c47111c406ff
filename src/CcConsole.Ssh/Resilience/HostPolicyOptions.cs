namespace CcConsole.Ssh;

/// <summary>How often and how fast a host is tried.</summary>
public sealed record HostPolicyOptions
{
    /// <summary>Attempts of a read, with the first.</summary>
    public int ReadAttempts { get; init; } = 3;

    /// <summary>Delay before the second attempt; doubled for each further one, with jitter.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failures within <see cref="Window"/>, and at least half of all attempts in it, that suspend the host.</summary>
    public int FailuresToSuspend { get; init; } = 3;

    /// <summary>The time that failures are counted over.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First suspension; doubled each time the attempt after it fails, up to <see cref="LongestSuspension"/>. At least half a second.</summary>
    public TimeSpan Suspension { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest suspension.</summary>
    public TimeSpan LongestSuspension { get; init; } = TimeSpan.FromMinutes(5);
}
