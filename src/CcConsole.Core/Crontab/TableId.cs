using System.Diagnostics.CodeAnalysis;

namespace CcConsole.Core.Crontab;

/// <summary>
/// Which table on a host: a user's own (crontab(1)), or a system table, whose entries name a user: <c>/etc/crontab</c> and the
/// files of <c>/etc/cron.d</c> (cron(8)). No other file can be named, so that who may edit tables edits nothing else.
/// </summary>
public sealed record TableId
{
    /// <summary>The path of the system's own table.</summary>
    public const string SystemCrontab = "/etc/crontab";

    /// <summary>The folder of the packages' tables, with the final slash.</summary>
    public const string SystemFolder = "/etc/cron.d/";

    private const int MaxLength = 255;

    private TableId(string name) => Name = name;

    /// <summary>The user's name, or the path: how the journal, the cache and the protocol write it.</summary>
    public string Name { get; }

    /// <summary>True for a table whose entries name a user.</summary>
    public bool IsSystem => Name[0] == '/';

    /// <summary>The file's name in <see cref="SystemFolder"/>; null for any other table.</summary>
    public string? FileName => Name.StartsWith(SystemFolder, StringComparison.Ordinal) ? Name[SystemFolder.Length..] : null;

    /// <summary>For a sentence: <c>the table of alice</c>, <c>/etc/crontab</c>.</summary>
    public string Words => IsSystem ? Name : $"the table of {Name}";

    /// <summary>Reads a user's name or a path.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TableId? table)
    {
        table = IsUser(text) || IsPath(text) ? new TableId(text) : null;
        return table is not null;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="ProblemException">It is neither.</exception>
    public static TableId Parse(string text) => TryParse(text, out var table)
        ? table
        : throw new ProblemException("This is neither a user's name nor the path of a table", $"Give a user, {SystemCrontab}, or a file directly in {SystemFolder}");

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool IsUser(string text) =>
        text.Length is > 0 and <= MaxLength && text[0] != '-' && !text.Any(static c => c is '/' or ':' || char.IsControl(c) || char.IsWhiteSpace(c));

    private static bool IsPath(string text) => text == SystemCrontab
        || (text.StartsWith(SystemFolder, StringComparison.Ordinal) && text[SystemFolder.Length..] is { Length: > 0 and <= MaxLength } file
            && file is not ("." or "..") && !file.Any(static c => c == '/' || char.IsControl(c)));
}
