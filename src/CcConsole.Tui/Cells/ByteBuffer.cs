using System.Globalization;

namespace CcConsole.Tui.Cells;

/// <summary>Bytes to be sent, collected in one array that is used again for each frame.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void Write(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    public void WriteNumber(int number)
    {
        number.TryFormat(Room(11), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    public void WriteGlyph(uint glyph, GlyphPool pool)
    {
        if (glyph < 0x80)
            Write((byte)glyph);
        else
            Length += pool.Encode(glyph, Room(GlyphPool.MaxUtf8Length));
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        return _bytes.AsSpan(Length);
    }
}
