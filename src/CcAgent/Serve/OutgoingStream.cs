using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>One stream to the console: what credit it has, and whether it was cancelled.</summary>
internal sealed class OutgoingStream
{
    private const int MostCredit = 1_000_000;

    private readonly object _gate = new();
    private int _credit;
    private Action? _wake;

    internal OutgoingStream(long id, int credit)
    {
        Id = id;
        Grant(credit);
    }

    internal long Id { get; }

    internal bool Cancelled { get; private set; }

    /// <summary>Whether the request was answered: what fails afterwards ends the stream.</summary>
    internal bool Opened { get; set; }

    /// <summary>Adds credit; more than a million messages is taken as a million.</summary>
    internal void Grant(int messages)
    {
        lock (_gate)
        {
            _credit = (int)Math.Min(MostCredit, (long)_credit + Math.Max(0, messages));
            Monitor.PulseAll(_gate);
        }
    }

    internal void Cancel()
    {
        Action? wake;
        lock (_gate)
        {
            Cancelled = true;
            wake = _wake;
            Monitor.PulseAll(_gate);
        }

        wake?.Invoke();
    }

    /// <summary>Names what ends a wait for something else than credit when the stream is cancelled.</summary>
    internal void OnCancel(Action? wake)
    {
        lock (_gate)
            _wake = wake;
    }

    /// <summary>Waits until one message may be sent, and uses it up; false when the stream was cancelled.</summary>
    internal bool Take()
    {
        lock (_gate)
        {
            while (_credit == 0 && !Cancelled)
                Monitor.Wait(_gate);
            if (Cancelled)
                return false;
            _credit--;
            return true;
        }
    }

    internal string Reason => Cancelled ? StreamEndReason.Cancelled : StreamEndReason.Complete;
}
