using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Crontab.Lint;

namespace CcAgent.Watch;

/// <summary>
/// Where a host keeps its tables (cron(8), crond(8), run-parts(8), anacrontab(5)), and which are there. Below a root of
/// its own, so that it can be tried.
/// </summary>
internal sealed class TableFolders(string root = "")
{
    // debian and busybox; SUSE's cronie; cronie; Alpine. The first that is there.
    private static readonly string[] Spools = ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs"];

    private static readonly string[] Scripts = ["/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/etc/periodic"];

    /// <summary>The folder of the users' tables; null when there is none.</summary>
    internal string? Spool => Array.Find(Spools, folder => Libc.TryStatus(root + folder, out var status) && status.IsDirectory) is { } found ? root + found : null;

    /// <summary>The folders in which tables come, go and change, and of which of their names that can be said; null for all.</summary>
    internal IEnumerable<(string Folder, string[]? Names)> Watched()
    {
        yield return (root + "/etc", ["crontab", "anacrontab", "cron.d", "localtime", .. Scripts.Select(Path.GetFileName)!]);
        yield return (root + "/etc/cron.d", null);
        if (Spool is { } spool)
        {
            yield return (Path.GetDirectoryName(spool)!, [Path.GetFileName(spool)]);
            yield return (spool, null);
        }

        foreach (var folder in Scripts)
            yield return (root + folder, null);
    }

    /// <summary>The files that are there now.</summary>
    /// <exception cref="ProblemException">A folder cannot be read: what it holds is then not known.</exception>
    internal List<WatchedFile> Find()
    {
        var found = new List<WatchedFile>();
        Add("/etc/crontab", TablePlace.EtcCrontab);
        Add("/etc/anacrontab", null);
        foreach (var name in Names(root + "/etc/cron.d"))
            Add("/etc/cron.d/" + name, TablePlace.CronD);
        foreach (var folder in Scripts)
        {
            foreach (var name in Names(root + folder))
                Add($"{folder}/{name}", null);
        }

        if (Spool is { } spool)
        {
            foreach (var user in Names(spool))
            {
                // What crontab(1) is about to install.
                if (!user.StartsWith("tmp.", StringComparison.Ordinal) && IsFile($"{spool}/{user}"))
                    found.Add(new WatchedFile(WatchedFile.NameOf(user), $"{spool}/{user}", TablePlace.Spool, user));
            }
        }

        return found;

        void Add(string path, TablePlace? place)
        {
            if (IsFile(root + path))
                found.Add(new WatchedFile(path, root + path, place, null));
        }
    }

    private static bool IsFile(string path) => Libc.TryStatus(path, out var status) && (status.IsRegular || status.IsLink);

    // What an editor leaves beside a file is not the file.
    private static IEnumerable<string> Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path)!)
                .Where(static name => name[0] is not ('.' or '#') && name[^1] != '~').Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{folder} cannot be read, so changes in it are not seen: {e.Message}", "check its owner and mode", inner: e);
        }
    }
}
