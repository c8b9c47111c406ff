using System.Globalization;
using CcAgent.Native;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>What the kernel says of locks, which does not take one to find out: proc_locks(5).</summary>
internal static class FileLocks
{
    /// <summary>Whether somebody holds the flock(2) of a file.</summary>
    internal static bool IsHeld(string path)
    {
        Assert.True(Libc.TryStatus(path, out var status), path);
        // The file system's device as the mount names it: that of the file is another one where there are layers or subvolumes.
        var device = File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' '))
            .Where(mount => path.StartsWith(mount[4].TrimEnd('/') + '/', StringComparison.Ordinal)).OrderBy(static mount => mount[4].Length).Last()[2].Split(':')
            .Select(static number => uint.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var inode = string.Create(CultureInfo.InvariantCulture, $" {device[0]:x2}:{device[1]:x2}:{status.Inode} ");
        return File.ReadLines("/proc/locks").Any(line => line.Contains(": FLOCK ", StringComparison.Ordinal) && line.Contains(inode, StringComparison.Ordinal));
    }
}
