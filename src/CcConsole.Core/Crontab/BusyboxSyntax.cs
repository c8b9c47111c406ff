using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// Lines as busybox crond reads them (miscutils/crond.c, libbb/parse_config.c): words between blanks, a <c>#</c> ends the
/// line wherever it stands, and <c>%</c> means nothing. Its crontab installs any file; crond passes over what it does not
/// understand.
/// </summary>
internal static class BusyboxSyntax
{
    /// <summary>Lines that are not empty and no comment, of a user's table; crond stops reading there (MAXLINES less one).</summary>
    public const int MaxLines = 255;

    /// <summary>The same, of root's table.</summary>
    public const int MaxRootLines = 65_534;

    private static readonly byte[][] Names = ["MAILTO="u8.ToArray(), "SHELL="u8.ToArray(), "PATH="u8.ToArray()];

    /// <summary>The three settings that crond knows; the value is one word, and quotes are a part of it.</summary>
    public static bool TryVariable(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var end = line.IndexOfAny((byte)' ', (byte)'\t', (byte)'#');
        var word = end < 0 ? line : line[..end];
        foreach (var known in Names)
        {
            if (word.StartsWith(known))
            {
                name = known.AsSpan(..^1);
                value = word[known.Length..];
                return true;
            }
        }

        name = value = default;
        return false;
    }

    public static bool TryEntry(ReadOnlySpan<byte> line, bool system, out EntryParts parts, out LineError error)
    {
        parts = default;
        var start = EntrySyntax.SkipBlanks(line, 0);
        var parser = new ScheduleParser(line, CronDialect.Busybox);
        if (!parser.TryParse(start, out var fields))
        {
            error = LineError.Of(parser.Error);
            return false;
        }

        var at = parser.Next;
        string? user = null;
        if (system)
        {
            var length = line[at..].IndexOfAny((byte)' ', (byte)'\t', (byte)'#');
            error = new(LineFault.User, "bad command: a system table has a user before it, and there is nothing after the user", at);
            if (length <= 0)
            {
                return false;
            }

            user = Encoding.UTF8.GetString(line.Slice(at, length));
            at = EntrySyntax.SkipBlanks(line, at + length);
        }

        error = new(LineFault.Command, "bad command: there is none, and the daemon passes over the line", at);
        if (at >= line.Length || line[at] == '#')
        {
            return false;
        }

        // After an @word the line is taken as it stands.
        var command = line[at..];
        if (line[start] != '@')
        {
            command = command.IndexOf((byte)'#') is >= 0 and var hash ? command[..hash] : command;
            command = command.TrimEnd(" \t"u8);
        }

        error = default;
        var schedule = new Schedule(Encoding.UTF8.GetString(line[start..parser.End]), CronDialect.Busybox, fields, parser.Fault);
        parts = new EntryParts(schedule, new(start, parser.End - start), user, new(at, command.Length));
        return true;
    }
}
