namespace CcAgent.Journal;

/// <summary>The runs recorded last, so that a report delivered twice is one report.</summary>
internal sealed class RecentRuns
{
    // Two keys for each run.
    private const int Most = 2 * 8192;

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    internal bool Contains(string key) => _keys.Contains(key);

    internal void Add(string key)
    {
        if (!_keys.Add(key))
            return;
        _order.Enqueue(key);
        if (_order.Count > Most)
            _keys.Remove(_order.Dequeue());
    }
}
