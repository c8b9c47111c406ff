using System.Text;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>The runs recorded last, so that a report delivered twice is one report.</summary>
internal sealed class RecentRuns
{
    // Two keys for each run.
    private const int Most = 2 * 8192;

    private readonly HashSet<Hash32> _keys = [];
    private readonly Queue<Hash32> _order = new();

    internal bool Contains(string key) => _keys.Contains(Hash(key));

    internal void Add(string key)
    {
        var hash = Hash(key);
        if (!_keys.Add(hash))
            return;
        _order.Enqueue(hash);
        if (_order.Count > Most)
            _keys.Remove(_order.Dequeue());
    }

    // No object for each: those would come to some 8 MiB under load.
    private static Hash32 Hash(string key) => Sha256.Hash(Encoding.UTF8.GetBytes(key));
}
