using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// A line with a NUL in it. The daemons' get_string ends at one as at a line feed, so each piece between is read as a
/// line of its own; the fields of a schedule are read byte by byte and run over it.
/// </summary>
internal static class NulLine
{
    /// <summary>Whether the daemon's <c>crontab</c> lets the line through.</summary>
    /// <param name="line">Without its line feed, not a comment.</param>
    /// <param name="dialect">debian or cronie.</param>
    /// <param name="hasLineFeed">False for a last line that none ends.</param>
    /// <param name="variables">Takes where the daemon looked for a variable: each from a piece's first byte up to the NUL that ends it, or the line.</param>
    public static bool IsAccepted(ReadOnlySpan<byte> line, CronDialect dialect, bool hasLineFeed, List<Range>? variables = null)
    {
        for (var at = 0; ;)
        {
            at = EntrySyntax.SkipBlanks(line, at);
            if (at >= line.Length || line[at] == '#')
            {
                return true;
            }

            var rest = line[at..];
            var nul = rest.IndexOf((byte)0);
            if (nul < 0 && !hasLineFeed)
            {
                return false;
            }

            var piece = nul < 0 ? rest : rest[..nul];
            variables?.Add(at..(at + piece.Length));
            if (!VariableSyntax.TryParse(piece, dialect, out _, out _) && !TryEntry(rest, dialect, out nul))
            {
                return false;
            }

            if (nul < 0)
            {
                return hasLineFeed;
            }

            at += nul + 1;
        }
    }

    /// <summary>Reads an entry up to the NUL that ends its command; <paramref name="end"/> is -1 when none does.</summary>
    private static bool TryEntry(ReadOnlySpan<byte> rest, CronDialect dialect, out int end)
    {
        end = rest.IndexOf((byte)0);
        if (rest[0] == '@' && end >= 0 && rest.IndexOfAny((byte)' ', (byte)'\t', (byte)0) is var stop && stop == end)
        {
            // An @word that the NUL ends: the command is empty, and there for both.
            return ScheduleFields.TryWord(rest[1..end], dialect, out _);
        }

        if (!EntrySyntax.TryRead(rest, dialect, system: false, out var parts, out _))
        {
            return false;
        }

        var command = rest[parts.CommandSpan.Start..];
        end = command.IndexOf((byte)0);
        var length = end < 0 ? command.Length : end;
        end = end < 0 ? -1 : parts.CommandSpan.Start + end;
        return dialect != CronDialect.Debian || length <= CommandBudget.DebianLimit;
    }
}
