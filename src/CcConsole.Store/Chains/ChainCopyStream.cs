namespace CcConsole.Store.Chains;

/// <summary>Lines as one stream of bytes, a line feed after each.</summary>
/// <param name="lines">The lines.</param>
/// <param name="length">How many bytes they are, where it is remembered; a copy that was edited may have others. Null: they are counted when it is asked.</param>
internal sealed class ChainCopyStream(IEnumerable<ChainLine> lines, long? length = null) : Stream
{
    private IEnumerator<ChainLine> _lines = lines.GetEnumerator();
    private long _position;
    private ReadOnlyMemory<byte> _rest;
    private bool _lineFeedDue;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length ?? lines.Sum(line => line.Bytes.Length + 1L);

    /// <summary>Bytes given so far. Can be set to 0, to read everything once more, and to nothing else.</summary>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(value, 0);
            _lines.Dispose();
            _lines = lines.GetEnumerator();
            (_position, _rest, _lineFeedDue) = (0, default, false);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length)
        {
            if (!_rest.IsEmpty)
            {
                int part = Math.Min(_rest.Length, buffer.Length - read);
                _rest.Span[..part].CopyTo(buffer[read..]);
                _rest = _rest[part..];
                read += part;
            }
            else if (_lineFeedDue)
            {
                buffer[read++] = (byte)'\n';
                _lineFeedDue = false;
            }
            else if (_lines.MoveNext())
            {
                _rest = _lines.Current.Bytes;
                _lineFeedDue = true;
            }
            else
            {
                break;
            }
        }

        _position += read;
        return read;
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
        _lines.Dispose();
        base.Dispose(disposing);
    }
}
