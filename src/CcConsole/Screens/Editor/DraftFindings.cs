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
        if (!preview.Line.IsEmpty)
        {
            return [.. preview.Findings
                .Select(finding => finding.Part != LintPart.Command ? finding
                    : finding with { Column = draft.Wrapped == true ? 1 : TypedColumn(draft.Command, finding.Column, table) })
                .OrderByDescending(finding => finding.Severity)];
        }
        // While the line cannot be written, the schedule alone is looked at.
        var entry = new EntryText(draft.Schedule.Trim(), ":"u8.ToArray(), table.Table.Id.IsSystem ? "root" : null);
        return [.. CrontabLinter.LintEntry(entry, table.Table.Dialect).Where(finding => finding.Part == LintPart.Schedule).OrderByDescending(finding => finding.Severity)];
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
