using System.Globalization;

namespace CcAgent.Tests.Harness;

/// <summary>What the kernel says of a process: memory in KiB, and how often it went to sleep and was woken.</summary>
internal static class ProcessFigures
{
    /// <summary>A number of /proc/PID/status, such as VmRSS, VmHWM (in KiB) or voluntary_ctxt_switches.</summary>
    internal static long Status(int pid, string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>How many sockets it has open. Its other files are not counted: the runtime opens libraries as it needs them.</summary>
    internal static int Sockets(int pid) =>
        Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
            .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>The numbers of its open files.</summary>
    internal static IReadOnlyList<int> Descriptors(int pid) =>
        [.. Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
            .Select(fd => int.Parse(Path.GetFileName(fd), CultureInfo.InvariantCulture))];

    /// <summary>The processor time that it has used.</summary>
    internal static TimeSpan CpuTime(int pid)
    {
        using var process = System.Diagnostics.Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    /// <summary>Forgets the peak of memory, so that VmHWM counts from now on.</summary>
    internal static void ForgetPeak(int pid) => File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/clear_refs"), "5");
}
