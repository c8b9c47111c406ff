using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Screens;

/// <summary>What the linter says of a draft, and under which character of which field it stands.</summary>
internal static class DraftFindings
{
    /// <summary>The findings, the gravest first. Their columns count within the texts of the form, not within the line.</summary>
    public static IReadOnlyList<LintFinding> Of(JobEditor table, JobDraft draft, JobPreview preview)
    {
        if (draft.Schedule.AsSpan().Trim().IsEmpty || draft.Schedule.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0)
            return [];
        var written = Entry(table, preview);
        var context = new LintContext { TableUser = table.Table.Id.IsSystem ? null : table.Table.Id.Name };
        // While the line cannot be written, the schedule alone is looked at.
        var entry = new EntryText(draft.Schedule.Trim(), written?.Command ?? ":"u8.ToArray(), table.Table.Id.IsSystem ? written?.User ?? "root" : null);
        var isWrapped = draft.Wrapped == true;
        return [.. CrontabLinter.LintEntry(entry, table.Table.Dialect, context)
            .Where(finding => written is not null || finding.Part == LintPart.Schedule)
            .Select(finding => finding.Part != LintPart.Command || written is null ? finding
                : finding with { Column = isWrapped ? 1 : TypedColumn(draft.Command, finding.Column, table) })
            .OrderByDescending(finding => finding.Severity)];
    }

    /// <summary>The place in UTF-16 units of a column that counts code points from 1.</summary>
    public static int OffsetOf(string text, int column)
    {
        var offset = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (--column <= 0)
                break;
            offset += rune.Utf16SequenceLength;
        }
        return offset;
    }

    private static EntryText? Entry(JobEditor table, JobPreview preview)
    {
        if (preview.Line.IsEmpty)
            return null;
        var document = CrontabDocument.Parse([.. preview.Line.Span, (byte)'\n'], table.Table.Dialect, table.Table.Id.IsSystem);
        return document.Lines is [EntryLine line, ..] ? new EntryText(line.Schedule.Text, document.Slice(line.CommandSpan).ToArray(), line.User) : null;
    }

    /// <summary>The column of the typed command whose notation in the table reaches a column there.</summary>
    private static int TypedColumn(string command, int column, JobEditor table)
    {
        var typed = 1;
        foreach (var rune in command.EnumerateRunes())
        {
            var upTo = command[..(OffsetOf(command, typed) + rune.Utf16SequenceLength)];
            if (Encoding.UTF8.GetString(CronCommand.Escape(Encoding.UTF8.GetBytes(upTo), table.Table.Dialect)).EnumerateRunes().Count() >= column)
                return typed;
            typed++;
        }
        return typed;
    }
}
