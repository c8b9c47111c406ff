using System.Buffers;
using System.Text;

namespace CcConsole.Tui.Input;

/// <summary>UTF-8 byte by byte; each ill-formed part becomes one replacement character (Unicode 15, 3.9).</summary>
internal sealed class Utf8Decoder
{
    private readonly byte[] _bytes = new byte[4];
    private int _count;

    /// <summary>Drops an unfinished character; whether there was one.</summary>
    public bool Abandon()
    {
        var had = _count > 0;
        _count = 0;
        return had;
    }

    /// <summary>Takes a byte; the character that it ends, if any. <paramref name="broken"/> receives what came to nothing before it.</summary>
    public Rune? Take(byte b, Action<Rune> broken)
    {
        _bytes[_count++] = b;
        switch (Rune.DecodeFromUtf8(_bytes.AsSpan(0, _count), out var rune, out var used))
        {
            case OperationStatus.Done:
                _count = 0;
                return rune;
            case OperationStatus.NeedMoreData:
                return null;
            default:
                var again = used < _count;
                _count = 0;
                if (!again)
                    return Rune.ReplacementChar;
                broken(Rune.ReplacementChar);
                return Take(b, broken);
        }
    }
}
