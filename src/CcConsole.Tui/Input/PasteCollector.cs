using System.Runtime.InteropServices;
using System.Text;

namespace CcConsole.Tui.Input;

/// <summary>Collects a bracketed paste up to its end mark <c>ESC [ 201 ~</c>.</summary>
internal sealed class PasteCollector
{
    private readonly List<byte> _bytes = [];
    private int _matched;
    private bool _truncated;

    private static ReadOnlySpan<byte> End => "\e[201~"u8;

    /// <summary>Takes a byte; the paste when it was the last one of the end mark.</summary>
    public PasteEvent? Take(byte b)
    {
        if (b == End[_matched])
        {
            if (++_matched < End.Length)
                return null;
            return Finish();
        }
        Add(End[.._matched]);
        _matched = b == End[0] ? 1 : 0;
        if (_matched == 0)
            Add([b]);
        return null;
    }

    private PasteEvent Finish()
    {
        var text = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_bytes));
        // Terminals send the line ends of a paste as if they had been typed.
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var result = new PasteEvent(text, _truncated);
        _bytes.Clear();
        _bytes.TrimExcess();
        _matched = 0;
        _truncated = false;
        return result;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Count + bytes.Length > InputParser.MaxPaste)
            _truncated = true;
        else
            _bytes.AddRange(bytes);
    }
}
