using System.Text;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// The runs that were recorded since a time, for those whose reports lie in a spool: read from the journal once, then kept up to
/// date, since in system mode most reports come through a spool. It forgets all when there are too many, and reads again.
/// </summary>
internal sealed class KnownRuns
{
    // 40 bytes each, two for each run.
    private const int Most = 100_000;
    private const long Step = 6L * 3600 * 1_000_000;

    private readonly string _reports;
    private readonly HashSet<Hash32> _keys = [];
    private long _since = long.MaxValue;
    private int _most = Most;

    internal KnownRuns(string reports) => _reports = reports;

    /// <summary>Knows from now on all that was recorded at or after a time, in microseconds since 1970.</summary>
    internal void Cover(long micros)
    {
        if (_since <= micros)
            return;
        // In steps of hours: who hands in one run after the other, each a little older, has the journal read a few times only.
        micros -= micros % Step;
        Forget();
        JournalReading.RunKeysSince(_reports, micros, key => _keys.Add(Hash(key)));
        _since = micros;
        _most = Math.Max(Most, _keys.Count * 2);
    }

    /// <summary>Whether a run was recorded since the time that is covered.</summary>
    internal bool Contains(string key) => _keys.Contains(Hash(key));

    /// <summary>A run is being recorded.</summary>
    internal void Add(string key)
    {
        if (_since != long.MaxValue)
            _keys.Add(Hash(key));
    }

    /// <summary>Between batches: forgets when there are too many.</summary>
    internal void Trim()
    {
        if (_keys.Count > _most)
            Forget();
    }

    /// <summary>What was added may not be recorded after all.</summary>
    internal void Forget()
    {
        _keys.Clear();
        _keys.TrimExcess();
        (_since, _most) = (long.MaxValue, Most);
    }

    // Short whatever a client calls its runs, and nobody can make two alike.
    private static Hash32 Hash(string key) => Sha256.Hash(Encoding.UTF8.GetBytes(key));
}
