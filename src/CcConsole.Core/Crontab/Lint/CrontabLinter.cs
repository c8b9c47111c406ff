using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>
/// Says of a table both kinds of thing: "this daemon will refuse it", with the field at fault, and "accepted, but not what
/// it seems to say". It reads what the daemon reads, by the daemon's own rules, and nothing of the host.
/// </summary>
public static class CrontabLinter
{
    /// <summary>Lints a table.</summary>
    /// <param name="table">As it was parsed: by its dialect, and as a user's or a system table.</param>
    /// <param name="context">What is known beyond the text; null for nothing.</param>
    public static LintReport Lint(CrontabDocument table, LintContext? context = null)
    {
        var sink = new LintSink(table, context ?? LintContext.Empty);
        TableRules.Check(sink);
        if (table.Dialect == CronDialect.Busybox)
        {
            BusyboxRules.CheckTable(sink);
        }

        VariableRules.CheckOrder(sink);
        var duplicates = new DuplicateEntries();
        foreach (var line in table.Lines)
        {
            switch (line)
            {
                case EntryLine { IsPaused: false } entry:
                    CheckEntry(sink, entry);
                    duplicates.Check(sink, entry);
                    break;
                case VariableLine variable:
                    VariableRules.Check(sink, variable);
                    duplicates.Reset();
                    break;
                case UnparsedLine unparsed:
                    RefusedRules.Check(sink, unparsed);
                    break;
                case CommentLine when table.Dialect == CronDialect.Busybox:
                    BusyboxRules.CheckComment(sink, line);
                    break;
            }
        }

        return new LintReport(table.IsAccepted && !sink.IsRefused, table.Dialect, sink.Findings);
    }

    /// <summary>
    /// Lints one entry that is not in a table yet, for an editor. Columns of the findings count within the text of their
    /// part: <see cref="EntryText.Schedule"/>, <see cref="EntryText.User"/> or <see cref="EntryText.Command"/>. Findings
    /// about the line as a whole have the part <see cref="LintPart.Line"/>.
    /// </summary>
    /// <param name="entry">The draft. Its command is in the table's own notation.</param>
    /// <param name="dialect">The daemon that shall read it.</param>
    /// <param name="context">What is known of the host; null for nothing.</param>
    public static IReadOnlyList<LintFinding> LintEntry(EntryText entry, CronDialect dialect, LintContext? context = null)
    {
        var user = entry.User is null ? "" : entry.User + " ";
        byte[] line = [.. Encoding.UTF8.GetBytes(entry.Schedule), (byte)' ', .. Encoding.UTF8.GetBytes(user), .. entry.Command.Span, (byte)'\n'];
        var report = Lint(CrontabDocument.Parse(line, dialect, isSystem: entry.User is not null), context);
        var userColumn = Count(entry.Schedule) + 2;
        var commandColumn = userColumn + Count(user);
        return [.. report.Findings.Where(finding => finding.Code != LintCodes.VariableUnused).Select(Place)];

        LintFinding Place(LintFinding finding) => finding.Part == LintPart.Table ? finding
            : finding.Column < userColumn ? finding with { Part = finding.Part == LintPart.Variable ? LintPart.Line : LintPart.Schedule }
            : finding.Column < commandColumn ? finding with { Part = LintPart.User, Column = finding.Column - userColumn + 1 }
            : finding with { Part = LintPart.Command, Column = finding.Column - commandColumn + 1 };

        static int Count(string text) => text.EnumerateRunes().Count();
    }

    /// <summary>What is to be said of a schedule by itself that the daemon accepts; columns count within its text.</summary>
    public static IEnumerable<LintFinding> LintSchedule(Schedule schedule) =>
        LintEntry(new EntryText(schedule.Text, "true"u8.ToArray()), schedule.Dialect).Where(static finding => finding.Part == LintPart.Schedule);

    private static void CheckEntry(LintSink sink, EntryLine entry)
    {
        if (sink.Table.Dialect == CronDialect.Busybox)
        {
            BusyboxRules.CheckSchedule(sink, entry);
        }

        if (sink.Table.Dialect == CronDialect.Cronie && sink.Context.TableUser is { } user && user != "root"
            && sink.Table.Slice(entry.Span).TrimStart(" \t"u8) is [(byte)'-', ..])
        {
            sink.Add(LintCodes.BadOption, LintPart.Schedule, entry, new(entry.ScheduleSpan.Start - 1, 1), "only root may switch logging off with a - before the schedule", "Remove the -");
            sink.Refuse();
        }

        ScheduleRules.Check(sink, entry);
        UserRules.Check(sink, entry);
        CommandRules.Check(sink, entry);
    }
}
