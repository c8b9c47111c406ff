using System.Globalization;
using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class TablePropertyTests
{
    private static readonly CronDialect[] Dialects = [CronDialect.Debian, CronDialect.Cronie, CronDialect.Busybox];
    private readonly int _seed = Environment.GetEnvironmentVariable("CC_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();

    [Fact]
    public void Parsing_and_printing_is_the_identity_for_any_bytes()
    {
        var random = new Random(_seed);
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = TableFuzz.CreateSmall(random);
            var document = CrontabDocument.Parse(bytes, Dialects[i % 3], i % 2 == 0);
            Require(document.ToBytes().AsSpan().SequenceEqual(bytes), bytes, document.Dialect);
            Require(LinesOf(document).AsSpan().SequenceEqual(document.HasFinalNewline ? bytes : [.. bytes, (byte)'\n']), bytes, document.Dialect);
            Require(document.Lines.Select(line => line.Number).SequenceEqual(Enumerable.Range(1, document.Lines.Count)), bytes, document.Dialect);
            foreach (var entry in document.Entries)
            {
                Require(IsWithin(entry.ScheduleSpan, entry.Span) && IsWithin(entry.CommandSpan, entry.Span) && entry.ScheduleSpan.End <= entry.CommandSpan.Start, bytes, document.Dialect);
            }
        }
    }

    [Fact]
    public void Linting_finds_places_within_the_lines_of_any_bytes()
    {
        var random = new Random(_seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = TableFuzz.CreateSmall(random);
            var document = CrontabDocument.Parse(bytes, Dialects[i % 3], i % 2 == 0);
            var report = CrontabLinter.Lint(document);
            Require(report.Accepted || report.Findings.Any(finding => finding.Severity == LintSeverity.Error), bytes, document.Dialect);
            foreach (var finding in report.Findings.Where(finding => finding.Line > 0))
            {
                var length = document.Text(document.Lines[finding.Line - 1].Span).EnumerateRunes().Count();
                Require(finding.Column >= 1 && finding.Column + finding.Length <= length + 2 && finding.Length >= 1, bytes, document.Dialect);
            }
        }
    }

    [Fact]
    public void An_edit_changes_only_its_span_in_any_table()
    {
        var random = new Random(_seed);
        int done = 0, refused = 0;
        for (var i = 0; i < 12_000; i++)
        {
            var document = CrontabDocument.Parse(TableFuzz.CreateSmall(random), Dialects[i % 3], random.Next(4) == 0);
            foreach (var line in document.Lines)
            {
                foreach (var (span, edit) in Edits(document, line))
                {
                    try
                    {
                        var after = edit().ToBytes();
                        done++;
                        byte[] before = document.HasFinalNewline ? document.ToBytes() : [.. document.Bytes, (byte)'\n'];
                        Require(after.AsSpan().StartsWith(before.AsSpan(0, span.Start)) && after.AsSpan(span.Start).EndsWith(before.AsSpan(Math.Min(span.End, before.Length))), before, document.Dialect, $"{span} gives {Encoding.Latin1.GetString(after)}");
                    }
                    catch (ProblemException)
                    {
                        refused++;
                    }
                }
            }
        }

        Assert.True(done > refused * 2, $"{done} edits, {refused} refused");
    }

    /// <summary>Edits of a line, each with the only bytes that it may change.</summary>
    private static IEnumerable<(ByteSpan Span, Func<CrontabDocument> Edit)> Edits(CrontabDocument document, CrontabLine line)
    {
        var whole = new ByteSpan(line.Span.Start, line.Span.Length + 1);
        if (line is VariableLine variable)
        {
            yield return (line.Span, () => document.SetVariable(variable, "other"));
            yield return (whole, () => document.Remove(variable));
        }
        else if (line is CommentLine comment)
        {
            yield return (line.Span, () => document.ChangeComment(comment, "other"));
            yield return (whole, () => document.Remove(comment));
        }
        else if (line is EntryLine entry)
        {
            // The comment line above that may hold the entry's name is the entry's own.
            var head = line.Number > 1 && document.Lines[line.Number - 2] is CommentLine above && document.Slice(above.Span).StartsWith("#cc:"u8) ? above.Span.Start : line.Span.Start;
            var text = new EntryText("1 2 3 4 5", "new"u8.ToArray(), entry.User, entry.Name);
            yield return (new(entry.CommandSpan.Start, entry.CommandSpan.Length), () => document.ReplaceCommand(entry, "new"u8));
            yield return (entry.ScheduleSpan, () => document.ReplaceSchedule(entry, "1 2 3 4 5"));
            yield return (new(head, line.Span.End - head), () => document.Replace(entry, text));
            yield return entry.IsPaused
                ? (new(line.Span.Start, CrontabDocument.PauseMark.Length), () => document.Resume(entry))
                : (new(line.Span.Start, 0), () => document.Pause(entry));
            yield return (new(head, line.Span.Start - head), () => document.Rename(entry, "Name"));
            yield return (new(head, whole.End - head), () => document.Remove(entry));
            yield return (new(line.Span.End + 1, 0), () => document.Duplicate(entry, null, "new"u8));
            yield return (new(document.Bytes.Length + (document.HasFinalNewline ? 0 : 1), 0), () => document.Add(text));
        }
    }

    /// <summary>The lines with their line feeds; a line that busybox joins holds its continuations.</summary>
    private static byte[] LinesOf(CrontabDocument document)
    {
        var bytes = new List<byte>();
        foreach (var line in document.Lines.Where(line => line is not ContinuationLine))
        {
            bytes.AddRange(document.Slice(line.Span));
            bytes.Add((byte)'\n');
        }

        return [.. bytes];
    }

    private static bool IsWithin(ByteSpan inner, ByteSpan outer) => inner.Start >= outer.Start && inner.End <= outer.End && inner.Length >= 0;

    private void Require(bool holds, byte[] table, CronDialect dialect, string what = "")
    {
        if (!holds)
        {
            Assert.Fail($"CC_SEED={_seed}, {dialect}: {Convert.ToBase64String(table)} {Encoding.Latin1.GetString(table)} {what}");
        }
    }
}
