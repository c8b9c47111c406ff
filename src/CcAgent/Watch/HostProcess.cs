using System.Globalization;
using System.Text;
using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>A process of this host, from /proc (proc_pid_stat(5)).</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Name">What it is called, at most 15 bytes.</param>
/// <param name="Parent">Its parent's number.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Start">When it began, in clock ticks since the boot.</param>
internal readonly record struct HostProcess(int Pid, string Name, int Parent, int Group, long Start)
{
    // USER_HZ, which the kernel gives to programs whatever its own ticks are.
    private const int TicksPerSecond = 100;

    internal DateTimeOffset StartedAt(DateTimeOffset boot) => boot.AddMilliseconds(Start * 1000.0 / TicksPerSecond);

    /// <summary>Whether others' processes can be seen at all: /proc may hide them (hidepid), and other systems have none.</summary>
    internal static bool AreSeen => OperatingSystem.IsLinux() && SmallFile.Read("/proc/1/stat") is { Length: > 0 };

    /// <summary>The numbers of all.</summary>
    internal static IEnumerable<int> All()
    {
        if (!OperatingSystem.IsLinux())
            yield break;
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(path.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                yield return pid;
        }
    }

    internal static HostProcess? Of(int pid)
    {
        if (Read(pid, "stat") is not { } stat || ProcessIdentity.Parse(stat) is not { } identity)
            return null;
        int open = Array.IndexOf(stat, (byte)'('), close = Array.LastIndexOf(stat, (byte)')');
        if (open < 0 || close < open)
            return null;
        // State and parent follow the name.
        var rest = Encoding.ASCII.GetString(stat, close + 1, stat.Length - close - 1).Split(' ', 4);
        return rest.Length > 2 && int.TryParse(rest[2], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
            ? new HostProcess(pid, Encoding.UTF8.GetString(stat, open + 1, close - open - 1), parent, identity.Group, identity.Start)
            : null;
    }

    internal static byte[]? Read(int pid, string file) => SmallFile.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));

    /// <summary>Whether it sees the same files as this process, as far as can be told: a container's is another host's.</summary>
    internal static bool IsOfThisHost(int pid)
    {
        if (Namespace(pid.ToString(CultureInfo.InvariantCulture)) is { } its && Namespace("self") is { } own)
            return its == own;
        return Numbers(Read(pid, "status")) == Numbers(SmallFile.Read("/proc/self/status"));
    }

    private static string? Namespace(string pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/mnt").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // NSpid has a number for each namespace of processes that one is in.
    private static int Numbers(byte[]? status)
    {
        var at = status.AsSpan().IndexOf("\nNSpid:"u8);
        if (status is null || at < 0)
            return 0;
        var line = status.AsSpan(at + 1);
        return line[..line.IndexOf((byte)'\n')].Count((byte)'\t');
    }
}
