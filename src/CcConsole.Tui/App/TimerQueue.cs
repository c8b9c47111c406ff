namespace CcConsole.Tui.App;

/// <summary>Timers of the UI thread, on a monotonic clock.</summary>
internal sealed class TimerQueue(TimeProvider time)
{
    private readonly PriorityQueue<Timer, long> _timers = new();

    public IDisposable Add(TimeSpan delay, TimeSpan? period, Action action)
    {
        var timer = new Timer(action, period);
        Enqueue(timer, delay);
        return timer;
    }

    /// <summary>Runs what is due; whether anything ran.</summary>
    public bool RunDue()
    {
        var ran = false;
        var now = time.GetTimestamp();
        while (_timers.TryPeek(out var timer, out var due) && (due <= now || timer.Cancelled))
        {
            _timers.Dequeue();
            if (timer.Cancelled)
                continue;
            // After a pause of the process a period is not made up for.
            if (timer.Period is { } period)
                Enqueue(timer, period);
            ran = true;
            timer.Action();
        }
        return ran;
    }

    /// <summary>The time until the next is due; null when there is none.</summary>
    public TimeSpan? NextDue()
    {
        if (!_timers.TryPeek(out _, out var due))
            return null;
        var left = time.GetElapsedTime(time.GetTimestamp(), due);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private void Enqueue(Timer timer, TimeSpan delay) =>
        _timers.Enqueue(timer, time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency));

    private sealed class Timer(Action action, TimeSpan? period) : IDisposable
    {
        public Action Action { get; } = action;

        public TimeSpan? Period { get; } = period;

        public bool Cancelled { get; private set; }

        public void Dispose() => Cancelled = true;
    }
}
