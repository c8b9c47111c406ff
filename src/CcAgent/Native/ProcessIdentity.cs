using System.Buffers.Text;
using System.Globalization;

namespace CcAgent.Native;

/// <summary>
/// What tells a process from a later one of the same number: its start, in clock ticks since the boot, and its process group
/// (proc_pid_stat(5), fields 22 and 5); and whether it has ended and only nobody has asked for its exit code yet.
/// </summary>
internal readonly record struct ProcessIdentity(long Start, int Group, bool Ended = false)
{
    // Fields after the state, which is field 3 and the first after the name.
    private const int GroupField = 5 - 3, StartField = 22 - 3;

    /// <summary>Of a process that is there; null when it is not, or the system has no /proc.</summary>
    internal static ProcessIdentity? Of(int pid) =>
        pid > 0 && OperatingSystem.IsLinux() && SmallFile.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")) is { } stat
            ? Parse(stat)
            : null;

    /// <summary>The real user of a process, and the signals that it catches, by number from bit 0 for signal 1 (proc_pid_status(5)).</summary>
    internal static (uint Uid, ulong Caught)? Credentials(int pid)
    {
        if (pid <= 0 || !OperatingSystem.IsLinux() || SmallFile.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")) is not { } status)
            return null;
        return Utf8Parser.TryParse(After(status, "\nUid:\t"u8), out uint uid, out _)
            && Utf8Parser.TryParse(After(status, "\nSigCgt:\t"u8), out ulong caught, out _, 'x')
            ? (uid, caught)
            : null;
    }

    internal static ProcessIdentity? Parse(ReadOnlySpan<byte> stat)
    {
        // The name may hold anything, spaces and brackets too.
        var at = stat.LastIndexOf(") "u8);
        if (at < 0)
            return null;
        var (field, group, start) = (0, 0, -1L);
        var rest = stat[(at + 2)..];
        foreach (var range in rest.Split((byte)' '))
        {
            if (field == GroupField && !Utf8Parser.TryParse(rest[range], out group, out _))
                return null;
            if (field == StartField && !Utf8Parser.TryParse(rest[range], out start, out _))
                return null;
            if (field++ == StartField)
                break;
        }

        return start < 0 ? null : new ProcessIdentity(start, group, rest[0] is (byte)'Z' or (byte)'X');
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        var at = text.IndexOf(name);
        return at < 0 ? default : text[(at + name.Length)..];
    }
}
