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
    private bool _sealed;

    // The sequence number of the next line in the source.
    private long _at;

    internal JournalCursor(string directory, long seq) => (_directory, Seq) = (directory, seq);

    /// <summary>The sequence number of the line that comes next.</summary>
    internal long Seq { get; private set; }

    /// <summary>
    /// The next line with its LF, valid until the next call; empty when there is none now. Where lines are missing from a
    /// segment, the next segment's come next, and <see cref="Seq"/> jumps.
    /// </summary>
    internal ReadOnlySpan<byte> Next()
    {
        while (_source is not null || Open())
        {
            var line = _at < _end ? _source!.Next() : default;
            if (!line.IsEmpty)
            {
                if (_at++ < Seq)
                    continue;
                Seq = _at;
                return line;
            }

            var following = Following();
            if (following is null)
                return default;
            // A segment that another follows is whole; it may have grown since it was looked at, so it is read once more.
            if (_sealed || _at >= _end)
                Use(following.Value);
            else
                (_sealed, _end) = (true, following.Value.First);
        }

        return default;
    }

    public void Dispose() => _source?.Dispose();

    private bool Open()
    {
        var segments = Segments.In(_directory);
        if (segments.Count == 0)
            return false;
        Use(segments[Math.Max(0, segments.FindLastIndex(s => s.First <= Seq))]);
        return true;
    }

    private Segment? Following()
    {
        foreach (var segment in Segments.In(_directory))
        {
            if ((segment.First, segment.Attempt).CompareTo((_segment.First, _segment.Attempt)) > 0 && segment.Bytes > 0)
                return segment;
        }

        return null;
    }

    private void Use(Segment segment)
    {
        _source?.Dispose();
        _segment = segment;
        _source = new LineSource(segment.Path);
        _at = segment.First;
        _end = Following()?.First ?? long.MaxValue;
        _sealed = _end != long.MaxValue;
    }
}
