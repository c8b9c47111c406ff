using System.Collections.Concurrent;

namespace CcConsole.Tui.App;

/// <summary>The one queue of the UI thread.</summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly SemaphoreSlim _posted = new(0);

    public void Post(Action work)
    {
        _work.Enqueue(work);
        try
        {
            _posted.Release();
        }
        catch (ObjectDisposedException)
        {
            // A poller that ends after the screen did: nobody is left to see what it found.
        }
    }

    public bool TryTake(out Action work)
    {
        // The count may lag behind the queue, never the other way round: Wait then returns once too often.
        _posted.Wait(0);
        return _work.TryDequeue(out work!);
    }

    public void Wait(TimeSpan atMost)
    {
        if (_work.IsEmpty && atMost != TimeSpan.Zero)
        {
            // Timers count in ticks, waiting in whole milliseconds: rounded up, or the loop would spin for the rest.
            var milliseconds = atMost < TimeSpan.Zero ? -1 : (int)Math.Min(Math.Ceiling(atMost.TotalMilliseconds), int.MaxValue);
            if (_posted.Wait(milliseconds))
                _posted.Release();
        }
    }

    public void Dispose() => _posted.Dispose();
}
