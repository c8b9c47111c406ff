using System.Text;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>A bare <c>%</c> that ends the command where it seems not to be meant (debian and cronie).</summary>
internal static class PercentRules
{
    private const string Hint = "Write \\% for a percent sign";

    public static void Check(LintSink sink, EntryLine entry, ReadOnlySpan<byte> command)
    {
        if (command.IndexOf((byte)'%') < 0 || FirstBare(command, out var quote) is not (>= 0 and var at))
        {
            return;
        }

        var span = new ByteSpan(entry.CommandSpan.Start + at, 1);
        if (quote != 0)
        {
            sink.Add(LintCodes.PercentInQuotes, LintPart.Command, entry, span, $"the command ends at this %, within {(quote == '\'' ? "single" : "double")} quotes: the rest is its standard input", Hint);
        }
        else if (IsFormat(command, at))
        {
            sink.Add(LintCodes.PercentInFormat, LintPart.Command, entry, span, $"the command ends at this %: {Encoding.UTF8.GetString(command.Slice(at, Math.Min(2, command.Length - at)))} and the rest is its standard input", Hint);
        }
    }

    /// <summary>The first % that no backslash precedes, and the quote it stands in (0: none), as the shell would count.</summary>
    private static int FirstBare(ReadOnlySpan<byte> command, out byte quote)
    {
        quote = 0;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (c == '%')
            {
                return i;
            }

            if (c == '\\' && i + 1 < command.Length && (quote != '\'' || command[i + 1] == '%'))
            {
                i++;
            }
            else if (c is (byte)'\'' or (byte)'"' && (quote == 0 || quote == c))
            {
                quote = quote == 0 ? c : (byte)0;
            }
        }

        return -1;
    }

    /// <summary>As in date +%F, --format=%H:%M, log-%Y.tar or printf %s; and not as in mail root%Hello.</summary>
    private static bool IsFormat(ReadOnlySpan<byte> command, int at)
    {
        if (at + 1 >= command.Length || "aAbBcCdDeFgGhHIjklmMnNpPrRsSTuUVwWxXyYzZi"u8.IndexOf(command[at + 1]) < 0)
        {
            return false;
        }

        var before = at > 0 ? command[at - 1] : (byte)' ';
        var isShort = at + 2 >= command.Length || !char.IsAsciiLetter((char)command[at + 2]);
        return before == '+' || (isShort && before is (byte)'=' or (byte)'-' or (byte)'_' or (byte)'.' or (byte)' ');
    }
}
