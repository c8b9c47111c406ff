namespace CcAgent.Journal;

/// <summary>
/// The chain's bytes over all segments as one stream: the lines that have a sequence number, and at the very end what
/// follows the last of them. Torn ends in between are left out; see <see cref="TornEnds"/>.
/// </summary>
internal sealed class ChainLineStream : Stream
{
    private readonly List<Segment> _segments;
    private LineSource? _source;
    private int _index = -1;
    private long _left;
    private byte[] _piece = [];
    private int _given;

    internal ChainLineStream(string directory) => _segments = Segments.In(directory);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            if (_given == _piece.Length && !Fetch())
                break;
            var count = Math.Min(buffer.Length - filled, _piece.Length - _given);
            _piece.AsSpan(_given, count).CopyTo(buffer[filled..]);
            _given += count;
            filled += count;
        }

        return filled;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source?.Dispose();
        base.Dispose(disposing);
    }

    private bool Fetch()
    {
        while (true)
        {
            if (_source is not null && _left > 0)
            {
                var line = _source.Next();
                if (!line.IsEmpty)
                {
                    _left--;
                    return Give(line);
                }

                if (_index == _segments.Count - 1 && !_source.Rest.IsEmpty)
                {
                    _left = 0;
                    return Give(_source.Rest);
                }
            }

            _source?.Dispose();
            _source = null;
            if (++_index >= _segments.Count)
                return false;
            _source = new LineSource(_segments[_index].Path);
            _left = _index + 1 < _segments.Count ? _segments[_index + 1].First - _segments[_index].First : long.MaxValue;
        }
    }

    private bool Give(ReadOnlySpan<byte> bytes)
    {
        _piece = bytes.ToArray();
        _given = 0;
        return true;
    }
}
