namespace CcConsole.Core.Crontab.Lint;

/// <summary>What only busybox does.</summary>
internal static class BusyboxRules
{
    public static void CheckSchedule(LintSink sink, EntryLine entry)
    {
        if (entry.Schedule.Fault is { } fault)
        {
            var start = Math.Clamp(entry.Span.Start + fault.Offset, entry.ScheduleSpan.Start, entry.ScheduleSpan.End);
            var rest = sink.Table.Slice(new(start, entry.ScheduleSpan.End - start));
            var length = rest.IndexOfAny((byte)' ', (byte)'\t');
            sink.Add(LintCodes.PartialField, LintPart.Schedule, entry, new(start, length < 0 ? rest.Length : length), fault.Message, "Correct the field");
        }
    }

    public static void CheckCommand(LintSink sink, EntryLine entry, ReadOnlySpan<byte> command)
    {
        var table = sink.Table;
        var after = table.Slice(new(entry.CommandSpan.End, entry.Span.End - entry.CommandSpan.End));
        if (after.IndexOf((byte)'#') is >= 0 and var hash && !(hash > 0 && !IsQuoted(command)))
        {
            sink.Add(LintCodes.HashCutsCommand, LintPart.Command, entry, new(entry.CommandSpan.End + hash, 1), "busybox ends the command at this #, quotes or not",
                "Put the command into a script");
        }

        if (command.IndexOf("\\%"u8) is >= 0 and var at && IsQuoted(command[..at]))
        {
            sink.Add(LintCodes.EscapedPercent, LintPart.Command, entry, new(entry.CommandSpan.Start + at, 2), "busybox gives % no meaning, so within quotes the backslash stays", "Write % alone");
        }
    }

    public static void CheckTable(LintSink sink)
    {
        var table = sink.Table;
        if (table.IsSystem)
        {
            sink.Add(LintCodes.IgnoredFile, "busybox crond reads no system tables: neither /etc/crontab nor /etc/cron.d", "Put the entries into the users' own tables");
            return;
        }

        var limit = sink.Context.TableUser == "root" ? BusyboxSyntax.MaxRootLines : BusyboxSyntax.MaxLines;
        var count = 0;
        foreach (var line in table.Lines)
        {
            if (line is BlankLine or CommentLine or ContinuationLine or EntryLine { IsPaused: true } || ++count <= limit)
            {
                continue;
            }

            sink.Add(LintCodes.TooManyLines, LintPart.Line, line, line.Span, sink.Context.TableUser is null
                    ? $"busybox reads {limit} lines of a table that is not root's, and passes over the rest"
                    : $"busybox reads {limit} lines of this table, and passes over the rest",
                "Put several jobs into one script");
            return;
        }
    }

    /// <summary>A comment that a backslash continues swallows the next line.</summary>
    public static void CheckComment(LintSink sink, CrontabLine line)
    {
        if (sink.Table.Slice(line.Span).IndexOf((byte)'\n') is >= 0 and var feed)
        {
            sink.Add(LintCodes.LineContinuation, LintPart.Line, line, new(line.Span.Start + feed - 1, 1), "busybox continues the comment with the next line, which therefore does nothing",
                "Remove the backslash at the end");
        }
    }

    /// <summary>Whether a quote is open at the end of a text. (Where none is, a # after a blank is a comment of the shell's too.)</summary>
    private static bool IsQuoted(ReadOnlySpan<byte> text)
    {
        byte quote = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'')
            {
                i++;
            }
            else if (c is (byte)'\'' or (byte)'"' && (quote == 0 || quote == c))
            {
                quote = quote == 0 ? c : (byte)0;
            }
        }

        return quote != 0;
    }
}
