namespace CcConsole.Ssh.Tests.Client;

/// <summary>A clock on which nothing passes but what was waited for to its end: how busy the machine is does not count.</summary>
internal sealed class WaitedClock : TimeProvider
{
    private long _waited;

    public TimeSpan Waited => new(Interlocked.Read(ref _waited));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Waited.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
        _ =>
        {
            Interlocked.Add(ref _waited, dueTime.Ticks);
            callback(state);
        },
        null, dueTime, period);
}
