using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>Lines that the daemon refuses or passes over: which part is at fault, and what to write in its place.</summary>
internal static class RefusedRules
{
    public static void Check(LintSink sink, UnparsedLine line)
    {
        var text = sink.Table.Slice(line.Span);
        var start = EntrySyntax.SkipBlanks(text, 0);
        if (IsWhole(sink, line, text, start))
        {
            return;
        }

        var offset = Math.Min(line.Offset, text.Length);
        var length = text[offset..].IndexOfAny((byte)' ', (byte)'\t');
        length = length < 0 ? text.Length - offset : length;
        var field = Encoding.UTF8.GetString(text.Slice(offset, length));
        var isSchedule = line.Fault <= LineFault.TimeSpecifier;
        if (isSchedule && text[start..(offset + length)].IndexOfAny((byte)0x0B, (byte)0x0C) is >= 0 and var feed)
        {
            Add(LintCodes.InvisibleBlank, LintPart.Schedule, start + feed, 1, "a vertical tab or form feed stands in the schedule, and is no blank for the daemon", "Type a plain blank in its place");
            return;
        }

        if (isSchedule && InvisibleCharacters.Find(text[start..(offset + length)], out var size, out var name) is >= 0 and var at)
        {
            Add(LintCodes.InvisibleBlank, LintPart.Schedule, start + at, size, $"{name} stands in the schedule, and is no blank for the daemon", "Type a plain blank in its place");
            return;
        }

        var (code, part) = CodeOf(line, sink.Table.Dialect);
        Add(code, part, offset, length, line.Problem, RefusedHints.For(line.Fault, field, sink.Table));

        void Add(LintCode code, LintPart part, int from, int count, string message, string hint) =>
            sink.Add(code, part, line, new(line.Span.Start + from, count), message, hint);
    }

    /// <summary>Lines that were not meant as entries.</summary>
    private static bool IsWhole(LintSink sink, UnparsedLine line, ReadOnlySpan<byte> text, int start)
    {
        var rest = text[start..];
        if (line.Fault == LineFault.Nul)
        {
            sink.Add(LintCodes.NulByte, LintPart.Line, line, new(line.Span.Start + line.Offset, 1), "a byte NUL ends the line for the daemon, which reads what follows as another line", "Remove the byte");
        }
        else if (rest is [(byte)'\r'])
        {
            sink.Add(LintCodes.LoneCarriageReturn, LintPart.Line, line, new(line.Span.Start + start, 1), "the line holds a carriage return, which the daemon takes for a bad entry", "Save the table with Unix line ends (sed -i 's/\\r$//')");
        }
        else if (rest.StartsWith((byte[])[0xEF, 0xBB, 0xBF]))
        {
            sink.Add(LintCodes.ByteOrderMark, LintPart.Line, line, new(line.Span.Start + start, 3), "a byte order mark stands before the line, which makes it a bad entry", "Save the table as UTF-8 without a byte order mark");
        }
        else if (VariableRules.IsShell(rest))
        {
            sink.Add(LintCodes.ShellSyntax, LintPart.Line, line, line.Span, "this is shell, and no line of a crontab", "Write NAME=value alone: the jobs below it get it in their environment");
        }
        else if (LooksLikeVariable(rest, out var equals))
        {
            AddVariable(sink, line, rest, start, equals);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static void AddVariable(LintSink sink, UnparsedLine line, ReadOnlySpan<byte> rest, int start, int equals)
    {
        var name = Encoding.UTF8.GetString(rest[..equals].TrimEnd(" \t"u8));
        var value = rest[(equals + 1)..].Trim(" \t\r"u8);
        if (sink.Table.Dialect == CronDialect.Busybox)
        {
            sink.Add(LintCodes.VariableIgnored, LintPart.Variable, line, new(line.Span.Start + start, equals), $"busybox takes no {name} from a table: only SHELL=, PATH= and MAILTO=, without a blank before or after the =", "Set it in the command or a script");
            return;
        }

        var (message, hint) = value.IsEmpty ? ("debian's cron takes no variable without a value", $"Write {name}=\"\" for an empty one")
            : value[0] is (byte)'"' or (byte)'\'' && value[1..].IndexOf(value[0]) < 0 ? ("the quote that the value begins with is not closed", "Close the quote, or remove it")
            : value[0] is (byte)'"' or (byte)'\'' ? ("text follows the closing quote of the value", "Put all of the value between the quotes, or none of it; a comment has a line of its own")
            : ("the daemon reads this neither as a variable nor as an entry", "Write NAME=value");
        sink.Add(LintCodes.BadVariable, LintPart.Variable, line, new(line.Span.Start + start + equals, rest.Length - equals), message, hint);
    }

    private static bool LooksLikeVariable(ReadOnlySpan<byte> line, out int equals)
    {
        equals = line.IndexOf((byte)'=');
        if (equals <= 0 || char.IsAsciiDigit((char)line[0]))
        {
            return false;
        }

        foreach (var c in line[..equals].TrimEnd(" \t"u8))
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    private static (LintCode Code, LintPart Part) CodeOf(UnparsedLine line, CronDialect dialect) => line.Fault switch
    {
        _ when dialect == CronDialect.Busybox => (LintCodes.IgnoredLine, line.Fault <= LineFault.TimeSpecifier ? LintPart.Schedule : LintPart.Command),
        LineFault.Minute => (LintCodes.BadMinute, LintPart.Schedule),
        LineFault.Hour => (LintCodes.BadHour, LintPart.Schedule),
        LineFault.DayOfMonth => (LintCodes.BadDayOfMonth, LintPart.Schedule),
        LineFault.Month => (LintCodes.BadMonth, LintPart.Schedule),
        LineFault.DayOfWeek => (LintCodes.BadDayOfWeek, LintPart.Schedule),
        LineFault.TimeSpecifier => (LintCodes.BadTimeSpecifier, LintPart.Schedule),
        LineFault.Option => (LintCodes.BadOption, LintPart.Command),
        LineFault.CommandTooLong => (LintCodes.CommandTooLong, LintPart.Command),
        LineFault.User => (LintCodes.MissingUser, LintPart.User),
        _ => (LintCodes.BadCommand, LintPart.Command),
    };
}
