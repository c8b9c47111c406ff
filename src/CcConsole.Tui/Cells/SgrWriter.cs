namespace CcConsole.Tui.Cells;

/// <summary>Writes changes of style (ECMA-48 SGR, ITU T.416 colours), only what differs from the style in force.</summary>
internal sealed class SgrWriter(StyleTable styles)
{
    private static readonly (TextAttributes Attribute, byte Code)[] Codes =
    [
        (TextAttributes.Bold, (byte)'1'), (TextAttributes.Dim, (byte)'2'), (TextAttributes.Italic, (byte)'3'),
        (TextAttributes.Underline, (byte)'4'), (TextAttributes.Reverse, (byte)'7'), (TextAttributes.Strike, (byte)'9'),
    ];

    private Style _current = Style.Default;
    private StyleId _currentId;
    private bool _first;

    private ColorDepth _depth = ColorDepth.TrueColor;
    private Style[] _converted = [];
    private int _convertedCount;

    public ColorDepth Depth
    {
        get => _depth;
        set
        {
            _depth = value;
            _convertedCount = 0;
        }
    }

    public void Reset(ByteBuffer target)
    {
        target.Write("\e[m"u8);
        _current = Style.Default;
        _currentId = StyleId.Default;
    }

    /// <summary>Whether a cell erased in this style looks like a space in it.</summary>
    public bool IsErasable(StyleId id)
    {
        var style = Converted(id);
        return style.Background == Color.Default
            && (style.Attributes & (TextAttributes.Underline | TextAttributes.Reverse | TextAttributes.Strike)) == 0;
    }

    public void Write(ByteBuffer target, StyleId id)
    {
        if (id == _currentId)
            return;
        _currentId = id;
        var style = Converted(id);
        if (style == _current)
            return;
        if (style == Style.Default)
        {
            Reset(target);
            _currentId = id;
            return;
        }
        target.Write("\e["u8);
        _first = true;
        if ((_current.Attributes & ~style.Attributes) != 0)
        {
            Separate(target);
            target.Write((byte)'0');
            _current = Style.Default;
        }
        foreach (var (attribute, code) in Codes)
        {
            if ((style.Attributes & ~_current.Attributes & attribute) != 0)
            {
                Separate(target);
                target.Write(code);
            }
        }
        if (style.Foreground != _current.Foreground)
            WriteColor(target, style.Foreground, 30);
        if (style.Background != _current.Background)
            WriteColor(target, style.Background, 40);
        target.Write((byte)'m');
        _current = style;
    }

    private Style Converted(StyleId id)
    {
        if (_converted.Length < styles.Count)
            Array.Resize(ref _converted, Math.Max(styles.Count, 2 * _converted.Length));
        for (; _convertedCount < styles.Count; _convertedCount++)
        {
            var style = styles[new StyleId((ushort)_convertedCount)];
            _converted[_convertedCount] = new Style(style.Foreground.To(_depth), style.Background.To(_depth), style.Attributes);
        }
        return _converted[id.Value];
    }

    private void WriteColor(ByteBuffer target, Color color, int ground)
    {
        Separate(target);
        switch (color.Kind)
        {
            case ColorKind.Indexed when color.Index < 8:
                target.WriteNumber(ground + color.Index);
                break;
            case ColorKind.Indexed when color.Index < 16:
                target.WriteNumber(ground + 60 + color.Index - 8);
                break;
            case ColorKind.Indexed:
                target.WriteNumber(ground + 8);
                target.Write(";5;"u8);
                target.WriteNumber(color.Index);
                break;
            case ColorKind.Rgb:
                target.WriteNumber(ground + 8);
                target.Write(";2;"u8);
                target.WriteNumber(color.R);
                target.Write((byte)';');
                target.WriteNumber(color.G);
                target.Write((byte)';');
                target.WriteNumber(color.B);
                break;
            default:
                target.WriteNumber(ground + 9);
                break;
        }
    }

    private void Separate(ByteBuffer target)
    {
        if (!_first)
            target.Write((byte)';');
        _first = false;
    }
}
