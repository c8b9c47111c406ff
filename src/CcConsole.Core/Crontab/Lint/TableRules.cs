using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What is wrong with a table as a whole.</summary>
internal static class TableRules
{
    public static void Check(LintSink sink)
    {
        var table = sink.Table;
        foreach (var fault in table.Faults)
        {
            var line = table.Lines[fault.LineNumber - 1];
            switch (fault.Kind)
            {
                case TableFaultKind.NoFinalNewline:
                    sink.Add(LintCodes.MissingFinalNewline, LintPart.Line, line, new(line.Span.End, 0), "the last line does not end with a line feed, and the daemon refuses such a table",
                        "Add a line feed at the end");
                    break;
                case TableFaultKind.TooManyLines:
                    sink.Add(LintCodes.TooManyLines, LintPart.Line, line, line.Span, $"the daemon reads {fault.LineNumber - 1} lines, and the table has {table.Lines.Count}", "Move entries to another table, or several jobs into one script");
                    break;
                case TableFaultKind.TooManyEntries:
                    sink.Add(LintCodes.TooManyEntries, LintPart.Line, line, line.Span, $"cronie takes {TableFault.CronieEntries} entries", "Move entries to another table, or several jobs into one script");
                    break;
                case TableFaultKind.TooManyVariables:
                    sink.Add(LintCodes.TooManyVariables, LintPart.Variable, line, line.Span, $"cronie takes {TableFault.CronieVariables} variables", "Set them in a script");
                    break;
                default:
                    sink.Add(LintCodes.TooMuchFiller, LintPart.Line, line, line.Span, $"cronie reads {TableFault.CronieFiller - 1} bytes of comments, empty lines and blanks in one run", "Shorten the comments above");
                    break;
            }
        }

        if (sink.Context.File is { } file && FileRules.WhyIgnored(file, table.Dialect) is { } why)
        {
            sink.Add(LintCodes.IgnoredFile, $"{table.Dialect.Name()}'s cron passes over this file, because {why}", "Correct the name, the owner or the mode of the file");
            sink.Refuse();
        }
    }
}
