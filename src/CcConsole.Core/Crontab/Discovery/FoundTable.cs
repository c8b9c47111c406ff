namespace CcConsole.Core.Crontab.Discovery;

/// <summary>A table as it was found on the host.</summary>
/// <param name="Id">Which.</param>
/// <param name="Bytes">Its content, byte for byte.</param>
/// <param name="File">The file that it lies in; null where crontab(1) was asked instead, which tells no file.</param>
/// <param name="Ignored">Why the daemon ignores the whole of it, in words; null when it is read.</param>
/// <param name="Lines">Entries that never start though the table is read, with the reason.</param>
public sealed record FoundTable(
    TableId Id, ReadOnlyMemory<byte> Bytes, FileFacts? File, string? Ignored, IReadOnlyList<IgnoredLine> Lines);

/// <summary>An entry that the daemon does not start.</summary>
/// <param name="Line">The 1-based number of its line.</param>
/// <param name="Why">Why, in words.</param>
public sealed record IgnoredLine(int Line, string Why);

/// <summary>What kind of file it is (the first letter of <c>ls -l</c>).</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A pipe, a socket, a device.</summary>
    Other,
}

/// <summary>A file's status (lstat).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Its permission bits, set-uid, set-gid and sticky included: 0 to 07777.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Owner">Its owner's uid.</param>
/// <param name="Group">Its group's gid.</param>
/// <param name="Target">For a link: what it points to in the end; null when there is nothing, or for any other file.</param>
public sealed record FileFacts(FileKind Kind, int Mode, long Links, long Owner, long Group, FileFacts? Target = null)
{
    /// <summary>The file itself, or what the link points to; null for a link to nothing.</summary>
    public FileFacts? Followed => Kind == FileKind.Link ? Target : this;

    /// <summary>Whether root may execute it: a regular file with any of the three x bits.</summary>
    public bool IsExecutable => Followed is { Kind: FileKind.Regular } file && (file.Mode & 0b001_001_001) != 0;
}
