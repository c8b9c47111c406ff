using System.Buffers;
using System.Text;

namespace CcConsole.Core.Crontab;

/// <summary>
/// The comment directly above an entry that holds what the console knows of it: <c>#cc: tags=db,nightly name=Nightly backup</c>.
/// Keys and values, separated by blanks; the name comes last and goes to the end of the line, so that any name can stand there,
/// and a line that begins with <c>#cc: name=</c> is nothing but a name. Keys of other versions are kept.
/// </summary>
internal sealed class EntryMark
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);
    private const string NameKey = "name", TagsKey = "tags";
    private readonly List<KeyValuePair<string, byte[]>> _members = [];
    private bool _hasCarriageReturn;

    private EntryMark()
    {
    }

    /// <summary>What such a line begins with.</summary>
    public static ReadOnlySpan<byte> Prefix => "#cc: "u8;

    /// <summary>The entry's name; null when there is none.</summary>
    public string? Name => Text(NameKey) is { Length: > 0 } name ? name : null;

    /// <summary>Its tags, in the order of the line.</summary>
    public IReadOnlyList<string> Tags => Text(TagsKey)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Reads a line of the table; false for any other line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out EntryMark mark)
    {
        mark = new EntryMark();
        if (!line.StartsWith(Prefix))
        {
            return false;
        }

        mark._hasCarriageReturn = line[^1] == '\r';
        line = line.TrimEnd(" \t\r"u8);
        for (var at = EntrySyntax.SkipBlanks(line, Math.Min(Prefix.Length, line.Length)); at < line.Length; at = EntrySyntax.SkipBlanks(line, at))
        {
            var key = line[at..].IndexOfAnyExcept(Letters);
            if (key <= 0 || line[at + key] != '=')
            {
                return false;
            }

            var name = Encoding.ASCII.GetString(line.Slice(at, key));
            var value = line[(at + key + 1)..];
            if (name != NameKey && value.IndexOfAny((byte)' ', (byte)'\t') is >= 0 and var end)
            {
                value = value[..end];
            }

            mark._members.Add(new(name, value.ToArray()));
            at += key + 1 + value.Length;
        }

        return mark._members.Count > 0;
    }

    /// <summary>The line, with its line feed, in which a name and tags stand for those of an older line (or of none); empty when nothing is left to say.</summary>
    /// <exception cref="ProblemException">The name or a tag cannot stand in such a line.</exception>
    public static byte[] Line(string? name, IReadOnlyList<string> tags, EntryMark? old = null)
    {
        var members = new List<KeyValuePair<string, byte[]>>();
        if (tags.Count > 0)
        {
            members.Add(new(TagsKey, old is not null && tags.SequenceEqual(old.Tags) ? old.Bytes(TagsKey) : Encoding.UTF8.GetBytes(string.Join(',', tags.Select(CheckTag)))));
        }

        members.AddRange(old?._members.Where(static member => member.Key is not (NameKey or TagsKey)) ?? []);
        if (!string.IsNullOrWhiteSpace(name))
        {
            // What is left as it is keeps its bytes, those too that are no text.
            members.Add(new(NameKey, old?.Name == name ? old.Bytes(NameKey) : Encoding.UTF8.GetBytes(CheckName(name.Trim()))));
        }

        var line = new List<byte>();
        foreach (var (key, value) in members)
        {
            line.AddRange(line.Count == 0 ? Prefix : " "u8);
            line.AddRange(Encoding.ASCII.GetBytes(key + "="));
            line.AddRange(value);
        }

        return line.Count == 0 ? [] : [.. line, .. old?._hasCarriageReturn == true ? "\r\n"u8 : "\n"u8];
    }

    private static string CheckName(string name) => !name.Any(char.IsControl) && IsText(name)
        ? name
        : throw new ProblemException("A job's name is one line of text without control characters", "Take the line break or the control character out of the name");

    private static string CheckTag(string tag) => tag.Length > 0 && !tag.Any(static c => c == ',' || char.IsControl(c) || char.IsWhiteSpace(c)) && IsText(tag)
        ? tag
        : throw new ProblemException("A tag is one word without blanks, commas and control characters", "Give each tag by an option of its own");

    private static bool IsText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    private byte[] Bytes(string key) => _members.First(member => member.Key == key).Value;

    private string? Text(string key) => _members.Any(member => member.Key == key) ? Encoding.UTF8.GetString(Bytes(key)).Trim() : null;
}
