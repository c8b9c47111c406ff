namespace CcConsole.Core.Protocol;

/// <summary>What <see cref="LineFramer.Read"/> found.</summary>
public enum FrameKind
{
    /// <summary>No whole line yet: give it more bytes.</summary>
    Incomplete,

    /// <summary>A line.</summary>
    Line,

    /// <summary>A line over the limit, which was dropped; what follows it is read as before.</summary>
    TooLong,
}

/// <summary>
/// Cuts a stream of bytes into lines at LF, incrementally, and never holds more than the limit. An empty line is skipped.
/// Use: <see cref="GetBuffer"/>, read into it, <see cref="Advance"/>, then <see cref="Read"/> until it says Incomplete.
/// Not for use by several threads at once.
/// </summary>
public sealed class LineFramer
{
    private readonly int _limit;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private int _searched;
    private bool _dropping;

    /// <param name="limit">The most bytes of a line, its LF not counted.</param>
    public LineFramer(int limit = RpcLimits.MaxMessageBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
    }

    /// <summary>How many bytes wait for the rest of their line.</summary>
    public int Pending => _end - _start;

    /// <summary>Room for the next bytes, at least one. Invalidates the line that was read last.</summary>
    public Memory<byte> GetBuffer()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _searched -= _start;
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, (int)Math.Min((long)_limit + 2, (long)_buffer.Length * 2));
        return _buffer.AsMemory(_end);
    }

    /// <summary>Says how many bytes were put into the buffer.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    /// <summary>Takes the next line, without its LF and a CR before it; it is valid until the next <see cref="GetBuffer"/>.</summary>
    public FrameKind Read(out ReadOnlyMemory<byte> line)
    {
        line = default;
        while (true)
        {
            var at = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (at < 0)
            {
                _searched = _end;
                if (_dropping || _end - _start > _limit)
                {
                    _dropping = true;
                    _start = _end = _searched = 0;
                }

                return FrameKind.Incomplete;
            }

            var (from, length) = (_start, _searched + at - _start);
            _start = _searched = _searched + at + 1;
            if (_dropping || length > _limit)
            {
                _dropping = false;
                return FrameKind.TooLong;
            }

            if (length > 0 && _buffer[from + length - 1] == '\r')
                length--;
            if (length == 0)
                continue;
            line = _buffer.AsMemory(from, length);
            return FrameKind.Line;
        }
    }
}
