using System.Text;
using System.Text.Json;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Tui.Text;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Crontab;

/// <summary>A linter's report as JSON, and as compilers print theirs: place, message, the line and a mark under it.</summary>
internal static class LintOutput
{
    /// <summary>Cells of a line that are shown around the place.</summary>
    private const int Window = 96;

    private const string Reset = "\u001b[0m", Bold = "\u001b[1m", Red = "\u001b[1;31m", Yellow = "\u001b[1;33m", Cyan = "\u001b[1;36m";

    /// <summary>Colours go to terminals alone, and not where the person asks for none (no-color.org).</summary>
    public static bool HasColour => StandardStreams.IsOutputTerminal
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public static void Json(Utf8JsonWriter json, LintReport report)
    {
        json.WriteBoolean("accepted", report.Accepted);
        json.WriteString("dialect", report.Dialect.Name());
        json.WriteStartArray("findings");
        foreach (LintFinding finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteNumber("line", finding.Line);
            json.WriteNumber("column", finding.Column);
            json.WriteString("severity", finding.Severity.Word());
            json.WriteString("code", finding.Code.Name);
            json.WriteString("message", finding.Message);
            json.WriteString("hint", finding.Hint);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>All that the linter can say.</summary>
    public static void Codes(VerbContext context)
    {
        if (!context.Json)
        {
            var table = new TextTable("CODE", "SEVERITY", "MEANING");
            foreach (LintCode code in LintCodes.All) table.Add(code.Name, code.Severity.Word(), code.Meaning);
            table.WriteTo(context.Output);
            return;
        }
        context.Document(json =>
        {
            json.WriteStartArray("codes");
            foreach (LintCode code in LintCodes.All)
            {
                json.WriteStartObject();
                json.WriteString("code", code.Name);
                json.WriteString("severity", code.Severity.Word());
                json.WriteString("meaning", code.Meaning);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    public static void Text(TextWriter output, string name, CrontabDocument table, LintReport report, bool colour)
    {
        string file = Plain.Text(name);
        foreach (LintFinding finding in report.Findings)
        {
            string place = finding.Line == 0 ? file : $"{file}:{finding.Line}:{finding.Column}";
            string severity = finding.Severity.Word();
            output.WriteLine(colour
                ? $"{Bold}{place}: {Colour(finding.Severity)}{severity}:{Reset}{Bold} {Plain.Text(finding.Message)}{Reset} [{finding.Code.Name}]"
                : $"{place}: {severity}: {Plain.Text(finding.Message)} [{finding.Code.Name}]");
            if (finding.Line > 0) Excerpt(output, table, finding, colour);
            output.WriteLine($"    {Plain.Text(finding.Hint)}");
        }
        output.WriteLine(Summary(file, report));
    }

    private static void Excerpt(TextWriter output, CrontabDocument table, LintFinding finding, bool colour)
    {
        // Of lines that busybox joins, the place is looked for in all of them.
        Rune[] line = [.. table.Text(table.Lines[finding.Line - 1].Span).EnumerateRunes()];
        int at = Math.Min(finding.Column - 1, line.Length);
        int from = Math.Max(0, Math.Min(at - (Window / 2), line.Length - Window));
        string before = Clean(line, from, at), marked = Clean(line, at, Math.Min(at + finding.Length, Math.Min(line.Length, from + Window)));
        string after = Clean(line, Math.Min(at + finding.Length, line.Length), Math.Min(line.Length, from + Window));
        output.WriteLine($"    {before}{marked}{after}");
        string mark = new('~', Math.Max(0, Graphemes.Width(marked) - 1));
        output.WriteLine($"    {new string(' ', Graphemes.Width(before))}{(colour ? Colour(finding.Severity) : "")}^{mark}{(colour ? Reset : "")}");
    }

    private static string Clean(Rune[] line, int from, int to)
    {
        var text = new StringBuilder();
        for (int i = from; i < to; i++) text.Append(line[i].ToString());
        return Plain.Text(text.ToString());
    }

    private static string Summary(string file, LintReport report)
    {
        string verdict = report.Accepted ? $"✓ {file}: accepted by {report.Dialect.Name()}" : $"✗ {file}: not accepted by {report.Dialect.Name()}";
        IEnumerable<string> counts = report.Findings.GroupBy(finding => finding.Severity).OrderByDescending(group => group.Key)
            .Select(group => $"{group.Count()} {group.Key.Word()}{(group.Count() == 1 ? "" : "s")}");
        return report.Findings.Count == 0 ? verdict : $"{verdict}, {string.Join(", ", counts)}";
    }

    private static string Colour(LintSeverity severity) => severity switch
    {
        LintSeverity.Error => Red,
        LintSeverity.Warning => Yellow,
        _ => Cyan,
    };
}
