using CcConsole.Core;
using CcConsole.Fleet.Audit;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// The entries of a copy as rows, newest first, read a page at a time as they come into view: a chain of millions costs no more than
/// what was looked at lately. An entry that the copy lacks is a row too.
/// </summary>
internal sealed class AuditRows : IRowSource<AuditLine>
{
    /// <summary>Entries that are read at once.</summary>
    private const int PageLength = 128;

    /// <summary>Pages that are kept; the oldest goes.</summary>
    private const int MostPages = 16;

    private readonly Func<long, long, IReadOnlyList<AuditRow>> _read;
    private readonly string _host;
    private readonly TimeZoneInfo _zone;
    private readonly long _first;
    private readonly List<(long Page, AuditLine[] Lines)> _pages = [];

    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="read">Gives the entries of a range of sequences, both ends included, in order; those that are not held are left out.</param>
    /// <param name="first">The first sequence.</param>
    /// <param name="last">The last one.</param>
    /// <param name="oldestFirst">Whether the order is turned.</param>
    /// <param name="zone">Of the times.</param>
    public AuditRows(string host, Func<long, long, IReadOnlyList<AuditRow>> read, long first, long last, bool oldestFirst, TimeZoneInfo zone)
    {
        (_host, _read, _first, OldestFirst, _zone) = (host, read, first, oldestFirst, zone);
        Count = (int)Math.Clamp(last - first + 1, 0, int.MaxValue);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Whether the order is turned.</summary>
    public bool OldestFirst { get; }

    /// <inheritdoc/>
    public AuditLine this[int index]
    {
        get
        {
            var place = Seq(index) - _first;
            return Page(place / PageLength)[place % PageLength];
        }
    }

    private long Last => _first + Count - 1;

    /// <inheritdoc/>
    public int IndexOf(object key) =>
        key is AuditKey { Seq: var seq, Host: var host } && host == _host && seq >= _first && seq <= Last ? (int)(OldestFirst ? seq - _first : Last - seq) : -1;

    /// <inheritdoc/>
    public object KeyAt(int index) => new AuditKey(_host, Seq(index));

    /// <inheritdoc/>
    public IEnumerator<AuditLine> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private long Seq(int index) => OldestFirst ? _first + index : Last - index;

    private AuditLine[] Page(long page)
    {
        for (var i = _pages.Count - 1; i >= 0; i--)
        {
            if (_pages[i].Page == page)
                return _pages[i].Lines;
        }
        if (_pages.Count == MostPages)
            _pages.RemoveAt(0);
        var lines = Read(page);
        _pages.Add((page, lines));
        return lines;
    }

    private AuditLine[] Read(long page)
    {
        var first = _first + page * PageLength;
        var lines = new AuditLine[Math.Min(PageLength, Last - first + 1)];
        var why = "the copy lacks this entry";
        try
        {
            foreach (var row in _read(first, first + lines.Length - 1))
                lines[row.Seq - first] = AuditLine.Of(_host, row, _zone);
        }
        catch (ProblemException problem)
        {
            // It is drawn in the row's place: drawing must not end because the cache cannot be read now.
            why = problem.Message;
        }
        for (var i = 0; i < lines.Length; i++)
            lines[i] ??= AuditLine.OfMissing(_host, first + i, why);
        return lines;
    }
}
