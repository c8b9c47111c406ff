using System.Text.Json;
using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Theming;

/// <summary>Reads a theme from JSON (comments and trailing commas allowed). Every fault is reported with its line.</summary>
public static class ThemeReader
{
    /// <summary>Reads a theme.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="source">The file's name, for messages.</param>
    /// <exception cref="ThemeFormatException">The text is not a theme.</exception>
    public static ThemeDefinition Read(ReadOnlySpan<byte> json, string source)
    {
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            var reader = new Reader(json, source);
            return reader.ReadTheme();
        }
        catch (JsonException e)
        {
            throw new ThemeFormatException("not valid JSON: " + e.Message, source, (int)(e.LineNumber ?? 0) + 1, e);
        }
    }

    /// <summary>Reads a theme from a stream.</summary>
    /// <exception cref="ThemeFormatException">The text is not a theme.</exception>
    public static ThemeDefinition Read(Stream json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var copy = new MemoryStream();
        json.CopyTo(copy);
        return Read(copy.ToArray(), source);
    }

    private ref struct Reader(ReadOnlySpan<byte> json, string source)
    {
        private readonly ReadOnlySpan<byte> _json = json;
        private Utf8JsonReader _reader = new(json, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });

        public ThemeDefinition ReadTheme()
        {
            string? name = null, inherits = null;
            var kind = ThemeKind.Any;
            var palette = new Dictionary<string, string>(StringComparer.Ordinal);
            var styles = new Dictionary<string, ScopeStyle>(StringComparer.Ordinal);
            _reader.Read();
            Expect(JsonTokenType.StartObject, "a theme is an object");
            while (NextMember(out var member))
            {
                switch (member)
                {
                    case "$schema":
                        _reader.Skip();
                        break;
                    case "name":
                        name = Text();
                        break;
                    case "inherits":
                        inherits = Text();
                        break;
                    case "kind":
                        kind = Kind(Text());
                        break;
                    case "palette":
                        ReadPalette(palette);
                        break;
                    case "styles":
                        ReadStyles(styles);
                        break;
                    default:
                        throw Fault($"unknown member \"{member}\"; known are name, kind, inherits, palette, styles");
                }
            }
            while (_reader.Read())
            {
            }
            return string.IsNullOrWhiteSpace(name)
                ? throw new ThemeFormatException("the theme has no name", source, 1)
                : new ThemeDefinition(name, kind, inherits, palette, styles);
        }

        private void ReadPalette(Dictionary<string, string> palette)
        {
            Expect(JsonTokenType.StartObject, "palette is an object");
            while (NextMember(out var name))
            {
                var color = Text();
                if (!Color.TryParse(color, out _))
                    throw Fault($"\"{color}\" is no colour; write #rrggbb, 0 to 255, an ANSI name, or default");
                palette[name] = color;
            }
        }

        private void ReadStyles(Dictionary<string, ScopeStyle> styles)
        {
            Expect(JsonTokenType.StartObject, "styles is an object");
            while (NextMember(out var scope))
                styles[scope] = ReadStyle();
        }

        private ScopeStyle ReadStyle()
        {
            var line = Line();
            Expect(JsonTokenType.StartObject, "a style is an object such as { \"fg\": \"red\", \"bold\": true }");
            string? foreground = null, background = null;
            TextAttributes? attributes = null;
            while (NextMember(out var member))
            {
                if (member == "fg")
                    foreground = Text();
                else if (member == "bg")
                    background = Text();
                else
                    attributes = Flag(attributes ?? TextAttributes.None, member);
            }
            return new ScopeStyle(foreground, background, attributes, line);
        }

        private readonly TextAttributes Flag(TextAttributes attributes, string member)
        {
            var attribute = member switch
            {
                "bold" => TextAttributes.Bold,
                "dim" => TextAttributes.Dim,
                "italic" => TextAttributes.Italic,
                "underline" => TextAttributes.Underline,
                "reverse" => TextAttributes.Reverse,
                "strike" => TextAttributes.Strike,
                _ => throw Fault($"unknown attribute \"{member}\"; known are fg, bg, bold, dim, italic, underline, reverse, strike"),
            };
            return _reader.TokenType switch
            {
                JsonTokenType.True => attributes | attribute,
                JsonTokenType.False => attributes & ~attribute,
                _ => throw Fault($"\"{member}\" is true or false"),
            };
        }

        private readonly ThemeKind Kind(string text) => text switch
        {
            "any" => ThemeKind.Any,
            "dark" => ThemeKind.Dark,
            "light" => ThemeKind.Light,
            _ => throw Fault($"\"{text}\" is no kind; known are any, dark, light"),
        };

        /// <summary>Steps to the next member's value; false at the end of the object.</summary>
        private bool NextMember(out string name)
        {
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                name = "";
                return false;
            }
            name = _reader.GetString()!;
            _reader.Read();
            return true;
        }

        private readonly string Text()
        {
            Expect(JsonTokenType.String, "a text in quotes is expected here");
            return _reader.GetString()!;
        }

        private readonly void Expect(JsonTokenType type, string message)
        {
            if (_reader.TokenType != type)
                throw Fault(message);
        }

        private readonly int Line() => 1 + _json[..(int)_reader.TokenStartIndex].Count((byte)'\n');

        private readonly ThemeFormatException Fault(string message) => new(message, source, Line());
    }
}
