using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// A table, byte for byte. Parsing keeps every byte, whatever it is; an edit gives a new document in which only the
/// span of the edited entry differs (and a missing final newline is added, which both daemons ask for).
/// </summary>
public sealed partial class CrontabDocument
{
    /// <summary>What a paused entry's line begins with: a comment for the daemon, an entry for the console. The
    /// line follows unchanged, so that resuming restores it byte for byte.</summary>
    public static ReadOnlySpan<byte> PauseMark => "#cc-paused "u8;

    private readonly byte[] _bytes;
    private readonly bool _hasRefusedLine;
    private List<TableFault>? _faults;

    private CrontabDocument(byte[] bytes, CronDialect dialect, bool isSystem, List<CrontabLine> lines)
    {
        _bytes = bytes;
        Dialect = dialect;
        IsSystem = isSystem;
        Lines = lines;
        _hasRefusedLine = lines.Exists(static line => line is UnparsedLine { IsRefused: true });
    }

    /// <summary>The daemon whose rules it was read by.</summary>
    public CronDialect Dialect { get; }

    /// <summary>True for /etc/crontab and /etc/cron.d, whose entries name a user.</summary>
    public bool IsSystem { get; }

    /// <summary>All lines, in order. Together with their line feeds they are the whole table.</summary>
    public IReadOnlyList<CrontabLine> Lines { get; }

    /// <summary>The entries, paused ones included, in order.</summary>
    public IEnumerable<EntryLine> Entries => Lines.OfType<EntryLine>();

    /// <summary>The table itself.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>False when the table has a last line without a line feed.</summary>
    public bool HasFinalNewline => _bytes.Length == 0 || _bytes[^1] == '\n';

    /// <summary>Whether the daemon's <c>crontab</c> would install the table: every line is good, the last one ends, and
    /// it is not too long. (Whether a system table's users exist is not known here.)</summary>
    public bool IsAccepted => Faults.Count == 0 && !_hasRefusedLine;

    /// <summary>What the daemon refuses the table for that is no single line's fault.</summary>
    internal IReadOnlyList<TableFault> Faults => _faults ??= TableFault.Of(this);

    /// <summary>Parses a table; this never fails, and <see cref="ToBytes"/> gives back the same bytes.</summary>
    public static CrontabDocument Parse(ReadOnlySpan<byte> table, CronDialect dialect = CronDialect.Debian, bool isSystem = false) =>
        ParseOwned(table.ToArray(), dialect, isSystem);

    /// <summary>A copy of the table's bytes.</summary>
    public byte[] ToBytes() => [.. _bytes];

    /// <summary>The bytes of a part of the table.</summary>
    public ReadOnlySpan<byte> Slice(ByteSpan span) => _bytes.AsSpan(span.Start, span.Length);

    /// <summary>A part of the table as text, for showing: bytes that are not UTF-8 become U+FFFD.</summary>
    public string Text(ByteSpan span) => Encoding.UTF8.GetString(Slice(span));

    /// <summary>The command of an entry, split as the daemon splits it.</summary>
    public CronCommand Command(EntryLine entry) => CronCommand.Split(Slice(entry.CommandSpan), Dialect);

    /// <summary>The value that a variable has for an entry (null: one that is added at the end): the last setting above it; null when the table has none.</summary>
    public string? VariableAt(EntryLine? entry, string name)
    {
        string? value = null;
        foreach (var line in Lines)
        {
            if (line.Number >= entry?.Number)
            {
                break;
            }

            value = line is VariableLine variable && variable.Name == name ? variable.Value : value;
        }

        return value;
    }

    /// <summary>The variables that stand above an entry, in the daemon's own bytes and in their order.</summary>
    public IReadOnlyList<Jobs.TableVariable> VariablesAbove(EntryLine entry)
    {
        var variables = new List<Jobs.TableVariable>();
        foreach (var line in Lines)
        {
            if (line.Number >= entry.Number)
            {
                break;
            }

            if (line is VariableLine)
            {
                var text = Slice(line.Span);
                VariableSyntax.TryParseBytes(text[EntrySyntax.SkipBlanks(text, 0)..], Dialect, out var name, out var value);
                variables.Add(new Jobs.TableVariable(name.ToArray(), value.ToArray()));
            }
        }

        return variables;
    }

    private static CrontabDocument ParseOwned(byte[] bytes, CronDialect dialect, bool isSystem)
    {
        var lines = new List<CrontabLine>();
        EntryMark? mark = null;
        for (var start = 0; start < bytes.Length;)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            length = length < 0 ? bytes.Length - start : length;
            var folds = dialect == CronDialect.Busybox ? FoldedLine.Find(bytes, start, ref length) : [];
            var span = new ByteSpan(start, length);
            var parse = new LineParse(lines.Count + 1, span, dialect, isSystem, mark, HasLineFeed: span.End < bytes.Length);
            var line = folds.Length > 0 ? FoldedLine.Parse(bytes, parse, folds) : parse.Read(bytes.AsSpan(start, length));
            if (line is UnparsedLine { IsRefused: true, Fault: not LineFault.Nul } refused && dialect != CronDialect.Busybox
                && StrayQuote.IsVariable(bytes, lines, bytes.AsSpan(start, length).TrimStart(" \t"u8), dialect))
            {
                line = refused with { IsRefused = false };
            }

            mark = line is CommentLine && EntryMark.TryParse(bytes.AsSpan(start, length), out var found) ? found : null;
            lines.Add(line);
            if (folds.Length > 0)
            {
                FoldedLine.AddContinuations(bytes, span, lines);
            }

            start += length + 1;
        }

        return new CrontabDocument(bytes, dialect, isSystem, lines);
    }
}
