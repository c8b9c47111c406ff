namespace CcConsole.Core.Audit.Segments;

/// <summary>
/// A chain's segments as the one stream that a verification reads. Line k of a segment, from 0, has the sequence number of its name plus k;
/// what lies between there and the next segment's first number is a torn end and left out: see <see cref="NotAttested"/>. What follows the
/// last line of the last segment is given like everything else. Segments without a byte, such as the newest after a crash, say nothing.
/// </summary>
public sealed class SegmentedChainStream : Stream
{
    private const int BufferBytes = 256 * 1024;

    private readonly List<ChainSegment> _segments;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly List<TornEnd> _torn = [];
    private readonly HashSet<TornEnd> _attested = [];
    private Stream? _source;
    private int _index = -1;
    private int _given, _ready, _filled;
    private long _linesLeft, _bytesLeft;
    private long _offset, _position;
    private bool _opening;

    /// <param name="segments">The segments in any order.</param>
    public SegmentedChainStream(IEnumerable<ChainSegment> segments)
    {
        _segments = [.. segments.Where(segment => segment.Bytes > 0).OrderBy(segment => segment.Name.First).ThenBy(segment => segment.Name.Attempt)];
        Bytes = _segments.Sum(segment => segment.Bytes);
    }

    /// <summary>Bytes of all segments.</summary>
    public long Bytes { get; }

    /// <summary>Sequence number of the first line; 0 when there is none.</summary>
    public long First => _segments is [var first, ..] ? first.Name.First : 0;

    /// <summary>The torn ends that no entry attests. Complete when the stream was read to its end.</summary>
    public IReadOnlyList<TornEnd> NotAttested => [.. _torn.Where(end => !_attested.Contains(end))];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes given so far. Can be set to 0, to read everything once more, and to nothing else.</summary>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(value, 0);
            _source?.Dispose();
            _source = null;
            _index = -1;
            _given = _ready = _filled = 0;
            _position = 0;
            _torn.Clear();
            _attested.Clear();
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        while (_given == _ready)
        {
            if (_source is null && !Next())
                return 0;
            Fetch();
        }
        var count = Math.Min(buffer.Length, _ready - _given);
        _buffer.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source?.Dispose();
        base.Dispose(disposing);
    }

    private bool IsLast => _index == _segments.Count - 1;

    private bool Next()
    {
        if (IsLast || _segments.Count == 0)
            return false;
        _source = _segments[++_index].Open();
        _linesLeft = IsLast ? long.MaxValue : _segments[_index + 1].Name.First - _segments[_index].Name.First;
        _bytesLeft = _segments[_index].Limit ?? long.MaxValue;
        _given = _ready = _filled = 0;
        _offset = 0;
        _opening = true;
        return true;
    }

    /// <summary>Reads on, and finds out how far what is here belongs to the chain.</summary>
    private void Fetch()
    {
        _buffer.AsSpan(_ready, _filled - _ready).CopyTo(_buffer);
        _filled -= _ready;
        _given = _ready = 0;
        var room = (int)Math.Min(_bytesLeft, BufferBytes - _filled);
        var read = _linesLeft == 0 ? 0 : _source!.Read(_buffer.AsSpan(_filled, room));
        _bytesLeft -= read;
        _filled += read;
        var here = _buffer.AsSpan(0, _filled);
        // The last segment's end is the verification's to judge, and so is a line that is longer than any entry.
        _ready = here.LastIndexOf((byte)'\n') + 1;
        if ((_ready == 0 && _filled == BufferBytes) || (IsLast && read == 0))
            _ready = _filled;
        if (_linesLeft != long.MaxValue)
            TakeLines(here[.._ready]);
        if (_opening)
            Attest(here[.._ready]);
        _offset += _ready;
        if (read == 0)
            CloseSegment();
    }

    private void TakeLines(ReadOnlySpan<byte> lines)
    {
        var count = lines.Count((byte)'\n');
        if (count < _linesLeft)
        {
            _linesLeft -= count;
            return;
        }
        for (_ready = 0; _linesLeft > 0; _linesLeft--)
            _ready += lines[_ready..].IndexOf((byte)'\n') + 1;
    }

    /// <summary>Takes the attestations with which a segment begins.</summary>
    private void Attest(ReadOnlySpan<byte> lines)
    {
        while (_opening && lines.IndexOf((byte)'\n') is var feed and >= 0)
        {
            _opening = TornEnd.Opens(lines[..feed], out var end);
            if (end is not null)
                _attested.Add(end);
            lines = lines[(feed + 1)..];
        }
        _opening &= lines.IsEmpty;
    }

    private void CloseSegment()
    {
        if (!IsLast && Rest() is { Length: > 0 } end)
            _torn.Add(end);
        _filled = _ready;
        _source!.Dispose();
        _source = null;
    }

    /// <summary>What is left of the segment belongs to no entry.</summary>
    private TornEnd Rest()
    {
        var digest = new Sha256();
        long length = _filled - _ready;
        digest.Append(_buffer.AsSpan(_ready, _filled - _ready));
        // What belongs to the chain may still have to be given, so the rest is read beside it.
        var rest = new byte[16 * 1024];
        for (int count; (count = _source!.Read(rest)) > 0; length += count)
            digest.Append(rest.AsSpan(0, count));
        return new TornEnd(_segments[_index].Name.File, _offset, length, digest.Finish().ToString());
    }
}
