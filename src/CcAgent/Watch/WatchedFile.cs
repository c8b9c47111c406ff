using CcConsole.Core.Audit;
using CcConsole.Core.Crontab.Lint;

namespace CcAgent.Watch;

/// <summary>A file that decides what cron runs, or what a run is, and where it stands.</summary>
/// <param name="Name">How entries call it: "crontab of web", or its path.</param>
/// <param name="Path">Where it lies; empty for a table that only crontab(1) may read.</param>
/// <param name="Place">What kind of table; null for what holds no entries of cron: anacron's table, a script of run-parts.</param>
/// <param name="User">The user whose table it is; null for a system table.</param>
internal sealed record WatchedFile(string Name, string Path, TablePlace? Place, string? User)
{
    internal static string NameOf(string user) => "crontab of " + user;
}

/// <summary>What was found in such a file.</summary>
/// <param name="Bytes">Its content; empty for one that is longer than is compared.</param>
/// <param name="Digest">Of all of it.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Owner">The file's owner; null when not known.</param>
/// <param name="Changed">When its inode was last changed, which no user can set back; when it was read, where that is not known.</param>
/// <param name="Ignored">Whether cron passes over it, for its name, owner or mode.</param>
internal sealed record FoundTable(byte[] Bytes, Hash32 Digest, long Size, uint? Owner, DateTimeOffset Changed, bool Ignored)
{
    /// <summary>What is longer is told by its digest alone. Debian's crontab installs no more than 10,000 lines of 1,000 bytes.</summary>
    internal const int MostBytes = 10 * 1024 * 1024;
}
