using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.RealTables;

/// <summary>A crontab as a package of Debian ships it (fetch.sh). What is read from it here, is read without the product.</summary>
/// <param name="Package">The package.</param>
/// <param name="Name">The file's name; for an example of a user's table with <c>.user</c> at its end.</param>
/// <param name="Bytes">Its content.</param>
internal sealed partial record RealTable(string Package, string Name, byte[] Bytes)
{
    private static readonly Lazy<IReadOnlyList<RealTable>> Fetched = new(Fetch);

    public static IReadOnlyList<RealTable> All => Fetched.Value;

    /// <summary>Those with a user in each entry.</summary>
    public static IEnumerable<RealTable> OfSystem => All.Where(table => table.IsSystem);

    public bool IsSystem => !Name.EndsWith(".user", StringComparison.Ordinal);

    /// <summary>The name of its file in /etc/cron.d: the package's, since some files are named alike.</summary>
    public string SystemName => Package.Replace('.', '-') + "_" + Name.Replace('.', '-');

    /// <summary>One character a byte: every table survives that, whatever its encoding.</summary>
    public string Text => Encoding.Latin1.GetString(Bytes);

    /// <summary>The lines that cron runs something by.</summary>
    public IReadOnlyList<Match> Entries => [.. Pattern().Matches(Text).Cast<Match>()];

    /// <summary>The users that run something.</summary>
    public IEnumerable<string> Users => IsSystem ? Entries.Select(entry => entry.Groups["user"].Value) : [];

    /// <summary>The table as a user's own: no entry names a user, and the last line ends, as crontab(1) asks for.</summary>
    public byte[] OfUser
    {
        get
        {
            string text = IsSystem ? Pattern().Replace(Text, "${schedule}${command}") : Text;
            return Encoding.Latin1.GetBytes(text.EndsWith('\n') ? text : text + "\n");
        }
    }

    /// <summary>A table whose first schedule no cron takes.</summary>
    public static byte[] Broken(byte[] table)
    {
        string text = Encoding.Latin1.GetString(table);
        Match first = SystemPattern().Match(text);
        return Encoding.Latin1.GetBytes(first.Success ? text[..first.Index] + "61 " + text[first.Index..] : text + "61 * * * * root true\n");
    }

    public override string ToString() => $"{Package}/{Name}";

    private static IReadOnlyList<RealTable> Fetch()
    {
        string folder = Environment.GetEnvironmentVariable("CC_TABLES") is { Length: > 0 } named ? named : Path.Combine(Published.Tree, "tests/.cache/tables");
        if (!File.Exists(Path.Combine(folder, "complete")))
            throw new FileNotFoundException($"no tables in {folder}: run tests/EndToEnd/RealTables/fetch.sh {folder} first");
        return [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).SelectMany(package => Directory.GetFiles(package).Order(StringComparer.Ordinal)
            .Select(file => new RealTable(Path.GetFileName(package), Path.GetFileName(file), File.ReadAllBytes(file))))];
    }

    private Regex Pattern() => IsSystem ? SystemPattern() : UserPattern();

    [GeneratedRegex(@"^(?<schedule>[ \t]*(?:@[a-z]+|[0-9*](?:[^ \t\n#=]*)(?:[ \t]+[^ \t\n]+){4})[ \t]+)(?<user>[A-Za-z0-9_.-]+)[ \t]+(?<command>.+)$", RegexOptions.Multiline)]
    private static partial Regex SystemPattern();

    [GeneratedRegex(@"^(?<schedule>[ \t]*(?:@[a-z]+|[0-9*](?:[^ \t\n#=]*)(?:[ \t]+[^ \t\n]+){4})[ \t]+)(?<command>.+)$", RegexOptions.Multiline)]
    private static partial Regex UserPattern();
}
