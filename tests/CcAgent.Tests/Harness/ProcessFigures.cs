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

    /// <summary>How often each of its threads went to sleep. One that ends while it is looked at is left out.</summary>
    internal static Dictionary<string, long> Sleeps(int pid)
    {
        var sleeps = new Dictionary<string, long>();
        foreach (var thread in Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")))
        {
            try
            {
                var line = File.ReadLines(thread + "/status").First(l => l.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal));
                sleeps[thread] = long.Parse(line.Split('\t')[^1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return sleeps;
    }

    /// <summary>How many sockets it has open. Its other files are not counted: the runtime opens libraries as it needs them.</summary>
    internal static int Sockets(int pid) =>
        Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
            .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>The numbers of its open files.</summary>
    internal static IReadOnlyList<int> Descriptors(int pid) =>
        [.. Directory.GetFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
            .Select(fd => int.Parse(Path.GetFileName(fd), CultureInfo.InvariantCulture))];

    /// <summary>Whether it has ended, though nobody may have asked for its exit code yet.</summary>
    internal static bool Ended(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 1)..].TrimStart()[0] is 'Z' or 'X';
        }
        catch (IOException)
        {
            // Also when it ends while it is looked at (ESRCH).
            return true;
        }
    }

    /// <summary>The processor time that it has used.</summary>
    internal static TimeSpan CpuTime(int pid)
    {
        using var process = System.Diagnostics.Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }

    /// <summary>Forgets the peak of memory, so that VmHWM counts from now on.</summary>
    internal static void ForgetPeak(int pid) => File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/clear_refs"), "5");
}
