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
        var inode = string.Create(CultureInfo.InvariantCulture, $":{status.Inode} ");
        return File.ReadLines("/proc/locks").Any(line => line.Contains(": FLOCK ", StringComparison.Ordinal) && line.Contains(inode, StringComparison.Ordinal));
    }
}
