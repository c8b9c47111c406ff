namespace CcConsole.Core.Reports;

/// <summary>
/// Keeps the last bytes of a stream of any length in a buffer that grows up to a limit, then is reused as a ring.
/// Not for use by several threads at once.
/// </summary>
public sealed class OutputTail
{
    private readonly int _limit;
    private byte[] _ring = [];
    private int _length;
    private int _next;

    /// <param name="limit">How many bytes to keep, at least 1.</param>
    public OutputTail(int limit = ReportLimits.MaxTailBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
    }

    /// <summary>How many bytes have been written in all.</summary>
    public long Total { get; private set; }

    /// <summary>How many bytes are kept.</summary>
    public int Length => _length;

    /// <summary>Whether the start of the stream is no longer kept.</summary>
    public bool Cut => Total > _length;

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Total += bytes.Length;
        if (bytes.Length >= _limit)
        {
            bytes = bytes[^_limit..];
            Grow(_limit);
            bytes.CopyTo(_ring);
            (_length, _next) = (_limit, 0);
            return;
        }

        Grow(Math.Min(_limit, _length + bytes.Length));
        var first = Math.Min(bytes.Length, _ring.Length - _next);
        bytes[..first].CopyTo(_ring.AsSpan(_next));
        bytes[first..].CopyTo(_ring);
        _next = (_next + bytes.Length) % _ring.Length;
        _length = Math.Min(_ring.Length, _length + bytes.Length);
    }

    /// <summary>The bytes that are kept, in their order.</summary>
    public byte[] ToArray()
    {
        var tail = new byte[_length];
        var start = _length < _ring.Length ? 0 : _next;
        var first = Math.Min(_length, _ring.Length - start);
        _ring.AsSpan(start, first).CopyTo(tail);
        _ring.AsSpan(0, _length - first).CopyTo(tail.AsSpan(first));
        return tail;
    }

    // Until the ring has its full size its content starts at 0, so growing is a plain copy.
    private void Grow(int needed)
    {
        if (needed <= _ring.Length)
            return;
        Array.Resize(ref _ring, Math.Min(_limit, Math.Max(4096, needed * 2)));
        _next = _length;
    }
}
