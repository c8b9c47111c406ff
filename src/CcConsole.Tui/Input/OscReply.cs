using System.Globalization;

namespace CcConsole.Tui.Input;

/// <summary>Answers in the form <c>OSC 11 ; rgb:RRRR/GGGG/BBBB ST</c> (1 to 4 hexadecimal digits each).</summary>
internal static class OscReply
{
    public static ReplyEvent? Read(string text)
    {
        const string Prefix = "11;rgb:";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var parts = text[Prefix.Length..].Split('/');
        var values = new int[3];
        if (parts.Length != 3)
            return null;
        for (var i = 0; i < 3; i++)
        {
            if (parts[i].Length is < 1 or > 4 || !int.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return null;
            values[i] = value * 255 / ((1 << (4 * parts[i].Length)) - 1);
        }
        return new ReplyEvent(ReplyKind.Background, values);
    }
}
