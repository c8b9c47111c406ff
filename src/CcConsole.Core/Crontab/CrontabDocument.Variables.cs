using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

public sealed partial class CrontabDocument
{
    private const int CronieVariableLimit = 131_071;

    /// <summary>Writes an environment line, quoted as it needs so that the daemon reads exactly this value.</summary>
    /// <param name="before">The 1-based number of the line that it shall stand above, one more than there are lines to append it; null for the
    /// table's head: below the variables there, above the first entry.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, without quotes.</param>
    /// <exception cref="ProblemException">The daemon has no notation for it, and why.</exception>
    public CrontabDocument AddVariable(int? before, string name, string value)
    {
        byte[] shown = Encoding.UTF8.GetBytes(name);
        var line = new[] { shown, Quoted(shown, '"'), Quoted(shown, '\'') }
            .Select(spelled => VariableBytes([.. spelled, (byte)'='], [], name, value, null))
            .FirstOrDefault(static found => found is not null) ?? throw NoNotation(name, value);
        var after = Insert(before ?? Head(), line);
        return after.Lines.OfType<VariableLine>().Count(set => set.Name == name && set.Value == value) > Lines.OfType<VariableLine>().Count(set => set.Name == name && set.Value == value)
            ? after
            : throw NoNotation(name, value);
    }

    /// <summary>Changes the value of an environment line; its name, its spacing and, where the value can be written so, its kind of quotes stay.</summary>
    /// <exception cref="ProblemException">The daemon has no notation for the value, and why.</exception>
    public CrontabDocument SetVariable(VariableLine line, string value)
    {
        Own(line);
        if (line.Value == value)
        {
            return this;
        }

        // A name holds no =, quoted or not (env.c), so the first one ends it.
        var old = Slice(line.Span);
        var start = old.IndexOf((byte)'=') + 1;
        var rest = old[start..];
        var blanks = rest.IndexOfAnyExcept(" \t\r\v\f"u8) is >= 0 and var first ? first : 0;
        var end = start + (rest.LastIndexOfAnyExcept(" \t\r\v\f"u8) is >= 0 and var last ? last + 1 : 0);
        start = Math.Min(start + blanks, end);
        char? quote = start < end && old[start] is (byte)'"' or (byte)'\'' ? (char)old[start] : null;
        var text = VariableBytes(old[..start], old[end..], line.Name, value, quote) ?? throw NoNotation(line.Name, value);
        var after = Splice(line.Span, text);
        return after.Lines[line.Number - 1] is VariableLine set && set.Name == line.Name && set.Value == value ? after : throw NoNotation(line.Name, value);
    }

    /// <summary>Removes an environment line.</summary>
    /// <exception cref="ProblemException">An entry below would get another name by it.</exception>
    public CrontabDocument Remove(VariableLine line) => RemoveLine(line);

    /// <summary>The variables that are in force for an entry (null: one that is added at the end), by name.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentAt(EntryLine? entry)
    {
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in Lines.OfType<VariableLine>())
        {
            if (variable.Number >= entry?.Number)
            {
                break;
            }

            set[variable.Name] = variable.Value;
        }

        return set;
    }

    /// <summary>Where a variable for all entries goes: after the last one above the first entry, else above that entry and the comments that belong to it.</summary>
    private int Head()
    {
        var end = Lines.FirstOrDefault(static line => line is EntryLine)?.Number ?? Lines.Count + 1;
        if (Lines.Take(end - 1).OfType<VariableLine>().LastOrDefault() is { } last)
        {
            return last.Number + 1;
        }

        while (end <= Lines.Count && end > 1 && Lines[end - 2] is CommentLine)
        {
            end--;
        }

        return end;
    }

    /// <summary>The first spelling of the value that is read as meant: in the quotes of before, bare, in quotes, or in two pairs of
    /// them, of which debian takes both away, the blanks between them kept (env.c).</summary>
    private byte[]? VariableBytes(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, string name, string value, char? quote)
    {
        if (name.AsSpan().ContainsAny("\n\r\0") || value.Any(static c => char.IsControl(c) && c != '\t'))
        {
            return null;
        }

        byte[] bare = Encoding.UTF8.GetBytes(value);
        var (first, second) = quote == '\'' ? ('\'', '"') : ('"', '\'');
        byte[][] spellings = [.. quote is null ? (byte[][])[] : [Quoted(bare, first)], bare, Quoted(bare, first), Quoted(bare, second), Quoted(Quoted(bare, second), first), Quoted(Quoted(bare, first), second)];
        foreach (var spelled in spellings)
        {
            byte[] line = [.. before, .. spelled, .. after];
            var start = EntrySyntax.SkipBlanks(line, 0);
            if (start < line.Length && line[start] != '#' && line.Length - start <= Limit(Dialect)
                && VariableSyntax.TryParse(line.AsSpan(start), Dialect, out var readName, out var readValue) && readName == name && readValue == value)
            {
                return line;
            }
        }

        return null;
    }

    private ProblemException NoNotation(string name, string value) =>
        name.Length == 0 || name.Contains('=') || name.Any(char.IsControl) ? new ProblemException("A variable's name has at least one character, and no = and no control character", "Give another name")
        : value.Any(static c => char.IsControl(c) && c != '\t') ? new ProblemException($"The value of {name} holds a line break or another control character, which an environment line cannot", "Set it in a script that the jobs call")
        : Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 1 > Limit(Dialect) - 4 ? new ProblemException(
            $"{name} is too long: {Dialect.Name()} takes {Limit(Dialect)} bytes of an environment line and drops the rest without a word", "Set it in a script that the jobs call")
        : new ProblemException($"{Dialect.Name()} cron has no notation for this value of {name}: it would read another one", "Set it in a script that the jobs call");

    private static int Limit(CronDialect dialect) => dialect == CronDialect.Debian ? VariableSyntax.DebianLimit : CronieVariableLimit;

    private static byte[] Quoted(ReadOnlySpan<byte> text, char quote) => [(byte)quote, .. text, (byte)quote];
}
