namespace CcConsole.Tui.Terminal;

/// <summary>
/// Which Ctrl+C belongs to the program that has the terminal, though the kernel tells all of the group: each while it has it, and, since it may
/// be dead of the last one before the runtime tells of that here, one soon after. Safe from any thread.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LentSignals(TimeProvider time)
{
    /// <summary>On a busy machine the runtime tells of a signal this late. At the keyboard it is no signal any more but a key.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private bool _lent;
    private long? _takenBack;

    /// <summary>Whether another program has the terminal.</summary>
    public bool IsLent
    {
        get
        {
            lock (_lock)
                return _lent;
        }
    }

    /// <summary>Another program gets the terminal.</summary>
    public void Lend()
    {
        lock (_lock)
            (_lent, _takenBack) = (true, null);
    }

    /// <summary>It gave it back; nothing where it was not lent.</summary>
    public void TakeBack()
    {
        lock (_lock)
        {
            if (_lent)
                (_lent, _takenBack) = (false, time.GetTimestamp());
        }
    }

    /// <summary>Whether an interrupt that is told of now was that program's.</summary>
    public bool Takes()
    {
        lock (_lock)
        {
            if (_lent)
                return true;
            var isLate = _takenBack is { } at && time.GetElapsedTime(at) < Late;
            _takenBack = null;
            return isLate;
        }
    }
}
