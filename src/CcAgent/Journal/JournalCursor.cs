namespace CcAgent.Journal;

/// <summary>
/// Reads a journal's lines from a sequence number on, across segments, while its writer goes on writing. Torn ends are
/// passed over: they lie after the place where the next segment begins.
/// </summary>
internal sealed class JournalCursor : IDisposable
{
    private readonly string _directory;
    private LineSource? _source;
    private Segment _segment;
    private long _end;

    // The sequence number of the next line in the source.
    private long _at;

    internal JournalCursor(string directory, long seq) => (_directory, Seq) = (directory, seq);

    /// <summary>The sequence number of the line that comes next.</summary>
    internal long Seq { get; private set; }

    /// <summary>The next line with its LF, valid until the next call; empty when there is none now.</summary>
    internal ReadOnlySpan<byte> Next()
    {
        while (_source is not null || Open())
        {
            var line = _at < _end ? _source!.Next() : default;
            if (line.IsEmpty)
            {
                if (!Continues())
                    return default;
                continue;
            }

            if (_at++ < Seq)
                continue;
            Seq = _at;
            return line;
        }

        return default;
    }

    public void Dispose() => _source?.Dispose();

    private bool Open()
    {
        var segments = Segments.In(_directory);
        var index = segments.FindLastIndex(s => s.First <= Seq);
        if (index < 0)
            return false;
        Use(segments, index);
        return true;
    }

    // Whether the line may lie in a segment after this one; when it may, that one is read next.
    private bool Continues()
    {
        var segments = Segments.In(_directory);
        var index = segments.FindLastIndex(s => s.First <= Math.Max(_at, Seq));
        if (index < 0 || segments[index].Path == _segment.Path)
        {
            _end = index >= 0 && index + 1 < segments.Count ? segments[index + 1].First : long.MaxValue;
            return false;
        }

        Use(segments, index);
        return true;
    }

    private void Use(List<Segment> segments, int index)
    {
        _source?.Dispose();
        _segment = segments[index];
        _source = new LineSource(_segment.Path);
        _at = _segment.First;
        _end = index + 1 < segments.Count ? segments[index + 1].First : long.MaxValue;
    }
}
