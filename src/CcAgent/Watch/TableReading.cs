using CcAgent.Native;
using CcConsole.Core.Audit;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Core.Crontab.Lint;

namespace CcAgent.Watch;

/// <summary>Reads a table's file as it stands, whoever may write to it: bounded, and nothing but a regular file.</summary>
internal static unsafe class TableReading
{
    /// <summary>What it holds; null when it is not there, is no regular file or cannot be read.</summary>
    internal static FoundTable? Read(WatchedFile file, CronDialect dialect, out FileStatus status)
    {
        status = default;
        // Only root can put a link into the folders of the system's tables, and cron follows it there; in the spool nobody does.
        var follow = file.Place == TablePlace.Spool ? OpenFlags.NoFollow : 0;
        var fd = Libc.open(file.Path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec | follow, 0);
        if (fd < 0)
            return null;
        try
        {
            if (!Libc.TryStatus(fd, out status) || !status.IsRegular)
                return null;
            var hash = new Sha256();
            var whole = status.Size <= FoundTable.MostBytes;
            using var kept = new MemoryStream(whole ? (int)status.Size : 0);
            var buffer = new byte[32 * 1024];
            var size = 0L;
            while (true)
            {
                nint count;
                fixed (byte* at = buffer)
                    count = Libc.read(fd, at, (nuint)buffer.Length);
                if (count < 0 && Libc.LastError == Errno.Interrupted)
                    continue;
                if (count < 0)
                    return null;
                if (count == 0)
                    break;
                hash.Append(buffer.AsSpan(0, (int)count));
                size += count;
                whole &= size <= FoundTable.MostBytes;
                if (whole)
                    kept.Write(buffer, 0, (int)count);
            }

            // The table is what crontab -l shows of it, for consoles and for its owner.
            var bytes = !whole ? [] : file.Place == TablePlace.Spool && dialect == CronDialect.Debian ? DebianHeader.Strip(kept.ToArray()) : kept.ToArray();
            return new FoundTable(
                bytes, whole ? Sha256.Hash(bytes) : hash.Finish(), whole ? bytes.Length : size, status.Owner, DateTimeOffset.FromUnixTimeSeconds(status.Changed), IsIgnored(file, status, dialect));
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static bool IsIgnored(WatchedFile file, in FileStatus status, CronDialect dialect)
    {
        if (file.Place is not { } place)
            return true;
        var described = new TableFile(place, Path.GetFileName(file.Path), status.Owner, (int)status.Permissions, (int)status.Links)
        {
            TableUid = file.User is { } user ? UserAccount.Named(user)?.Uid : null,
        };
        return FileRules.WhyIgnored(described, dialect) is not null;
    }
}
