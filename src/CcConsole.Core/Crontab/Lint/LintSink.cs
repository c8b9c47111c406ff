using System.Text;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>Gathers findings; turns bytes into columns, and only where there is a finding.</summary>
internal sealed class LintSink(CrontabDocument table, LintContext context)
{
    private readonly List<LintFinding> _findings = [];

    public CrontabDocument Table { get; } = table;

    public LintContext Context { get; } = context;

    /// <summary>True when something that the table's text alone does not tell makes the daemon refuse it.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>In the order of the lines.</summary>
    public List<LintFinding> Findings
    {
        get
        {
            _findings.Sort(static (a, b) => (a.Line, a.Column, a.Code.Name).CompareTo((b.Line, b.Column, b.Code.Name)));
            return _findings;
        }
    }

    public void Refuse() => IsRefused = true;

    /// <summary>A finding about the table as a whole.</summary>
    public void Add(LintCode code, string message, string hint) => _findings.Add(new(0, 0, 0, LintPart.Table, code, message, hint));

    /// <summary>A finding about some bytes of a line.</summary>
    /// <param name="code">Its kind.</param>
    /// <param name="part">What it is about.</param>
    /// <param name="line">The line; one that busybox continues counts on in its first line.</param>
    /// <param name="span">The bytes, from the table's start; moved into the line where they leave it.</param>
    /// <param name="message">See <see cref="LintFinding.Message"/>.</param>
    /// <param name="hint">See <see cref="LintFinding.Hint"/>.</param>
    public void Add(LintCode code, LintPart part, CrontabLine line, ByteSpan span, string message, string hint)
    {
        var start = Math.Clamp(span.Start, line.Span.Start, line.Span.End);
        var end = Math.Clamp(span.End, start, line.Span.End);
        _findings.Add(new(
            line.Number,
            1 + Characters(new(line.Span.Start, start - line.Span.Start)),
            Math.Max(1, Characters(new(start, end - start))),
            part,
            code,
            message,
            hint));
    }

    private int Characters(ByteSpan span)
    {
        var text = Table.Slice(span);
        var count = 0;
        for (; !text.IsEmpty; count++)
        {
            Rune.DecodeFromUtf8(text, out _, out var length);
            text = text[length..];
        }

        return count;
    }
}
