using System.Globalization;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>
/// Puts a report where the daemon takes it in later. The file appears under its final name only when it is whole and on
/// disk. The name begins with the run's start, so that names sort in the order of the runs.
/// </summary>
internal static class SpoolWriter
{
    /// <summary>What a report's file name ends in; anything else in a spool is not whole.</summary>
    internal const string Suffix = ".json";

    /// <summary>What its name ends in until it is whole.</summary>
    internal const string Part = ".part";

    /// <exception cref="ProblemException">The report could not be put on disk.</exception>
    internal static void Put(string spool, uint uid, DateTimeOffset start, string runId, ReadOnlySpan<byte> report)
    {
        using var held = Hold(spool, uid);
        var name = Name(start, runId);
        var (part, whole) = (held.At(name + Part), held.At(name + Suffix));
        var fd = Libc.open(
            part, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (fd < 0)
            throw Failed($"{spool}/{name}");
        try
        {
            if (!StandardStreams.WriteAll(fd, report) || Libc.fsync(fd) != 0 || Libc.rename(part, whole) != 0)
            {
                var problem = Failed($"{spool}/{name}");
                _ = Libc.unlink(part);
                throw problem;
            }

            // The name must be on disk too. A user may not open root's spool to sync it; syncing the file again commits
            // the rename, which changed it, on the journaling file systems.
            var directory = Libc.open(held.At("."), OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
            if (directory < 0 ? Libc.fsync(fd) != 0 : Libc.fsync(directory) != 0)
                throw Failed($"{spool}/{name}");
            if (directory >= 0)
                _ = Libc.close(directory);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    /// <summary>The name of what belongs to a run, without its ending.</summary>
    internal static string Name(DateTimeOffset start, string runId) => string.Create(
        CultureInfo.InvariantCulture, $"{(start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond:D17}-{runId}");

    /// <summary>The spool, checked: one of root's takes files from everyone and shows them to nobody (mode 1733); any other is its owner's alone.</summary>
    /// <exception cref="ProblemException">Others may have a hand in it.</exception>
    internal static HeldDirectory Hold(string spool, uint uid)
    {
        const uint everyones = 0x3DB;
        if (Libc.TryStatus(spool, out var status) && status is { IsDirectory: true, Owner: 0 } && (uid != 0 || status.Permissions == everyones))
            return SecureDirectory.Hold(spool, uid, everyones, rootMayOwn: true);
        if (uid != 0 && spool == AgentPlaces.UserSpool(uid))
            SecureDirectory.MakePath(Path.GetDirectoryName(spool)!, uid);
        else
            SecureDirectory.Require(Path.GetDirectoryName(spool)!, uid);
        return SecureDirectory.HoldMade(spool, uid, SecureDirectory.Private, exact: false);
    }

    private static ProblemException Failed(string name) => new($"{name}: {Libc.ErrorText(Libc.LastError)}");
}
