using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>What a daemon refuses a whole table for.</summary>
internal enum TableFaultKind
{
    /// <summary>The last line does not end with a line feed.</summary>
    NoFinalNewline,

    /// <summary>More lines than debian reads.</summary>
    TooManyLines,

    /// <summary>More entries than cronie takes.</summary>
    TooManyEntries,

    /// <summary>More variables than cronie takes.</summary>
    TooManyVariables,

    /// <summary>More comments and blanks in one run than cronie reads.</summary>
    TooMuchFiller,
}

/// <summary>A reason to refuse the table, with the first line that is too much.</summary>
internal readonly record struct TableFault(TableFaultKind Kind, int LineNumber)
{
    /// <summary>debian, lines of a user's table (MAX_TAB_LINES of cron.h).</summary>
    public const int DebianLines = 10_000;

    /// <summary>debian, lines of a system table: the daemon leaves room for a header, which these do not have.</summary>
    public const int DebianSystemLines = 10_003;

    /// <summary>cronie, entries of a user's table (MAX_USER_ENTRIES of macros.h).</summary>
    public const int CronieEntries = 10_000;

    /// <summary>cronie, variables of a user's table (MAX_USER_ENVS).</summary>
    public const int CronieVariables = 1_000;

    /// <summary>cronie, bytes of comments, empty lines and blanks before an entry or a variable of a user's table (MAX_GARBAGE).</summary>
    public const int CronieFiller = 32_768;

    public static List<TableFault> Of(CrontabDocument table)
    {
        var faults = new List<TableFault>();
        if (table.Dialect == CronDialect.Debian)
        {
            var limit = table.IsSystem ? DebianSystemLines : DebianLines;
            if (table.Lines.Count - (table.HasFinalNewline ? 0 : 1) > limit)
            {
                faults.Add(new(TableFaultKind.TooManyLines, limit + 1));
            }
        }
        else if (table.Dialect == CronDialect.Cronie && !table.IsSystem)
        {
            AddCronieFaults(table, faults);
        }

        // A line with a NUL has settled this for itself.
        if (table.Dialect != CronDialect.Busybox && !table.HasFinalNewline && table.Lines[^1] is VariableLine or EntryLine { IsPaused: false } or UnparsedLine { Fault: not LineFault.Nul })
        {
            faults.Add(new(TableFaultKind.NoFinalNewline, table.Lines.Count));
        }

        return faults;
    }

    private static void AddCronieFaults(CrontabDocument table, List<TableFault> faults)
    {
        int entries = 0, variables = 0, fillerStart = 0;
        foreach (var line in table.Lines)
        {
            if (line is BlankLine or CommentLine or EntryLine { IsPaused: true })
            {
                continue;
            }

            // The first byte that is no filler is counted too.
            var text = table.Slice(line.Span);
            AddFiller(line.Span.Start + EntrySyntax.SkipBlanks(text, 0) + 1 - fillerStart, line.Number);
            fillerStart = line.Span.End + 1;
            entries += line is EntryLine ? 1 : 0;
            variables += line is VariableLine ? 1 : 0;
            if (entries == CronieEntries + 1 && line is EntryLine)
            {
                faults.Add(new(TableFaultKind.TooManyEntries, line.Number));
            }

            if (variables == CronieVariables + 1 && line is VariableLine)
            {
                faults.Add(new(TableFaultKind.TooManyVariables, line.Number));
            }
        }

        // At the end of the table, the end of the file is counted where it ends a line.
        if (table.Bytes.Length > fillerStart)
        {
            AddFiller(table.Bytes.Length - fillerStart + (table.HasFinalNewline ? 0 : 1), table.Lines.Count);
        }

        void AddFiller(int count, int line)
        {
            if (count > CronieFiller)
            {
                faults.Add(new(TableFaultKind.TooMuchFiller, line));
            }
        }
    }
}
