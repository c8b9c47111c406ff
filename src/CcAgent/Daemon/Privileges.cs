using CcAgent.Exec;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>
/// Leaves the daemon the few capabilities that it needs, and no way to more. A capability is a thread's own, and the runtime
/// has threads before the first line of the program: so the limits are set and the program is started once more in this
/// same process, which then has them in all of its threads.
/// </summary>
internal static unsafe class Privileges
{
    // capabilities(7).
    private const ulong DacOverride = 1 << 1, DacReadSearch = 1 << 2, SetGroups = 1 << 6, SetBounding = 1 << 8, LinuxImmutable = 1 << 9;

    private const string Mark = "CC_AGENT_LIMITED";

    /// <summary>
    /// Limits this process: it returns when it is limited, and starts the program once more when it was not. Root's daemon
    /// keeps what reads every user's spooled reports and tables; another none. What makes the log append-only goes to a process
    /// that can do nothing else (<see cref="SealProcess"/>).
    /// </summary>
    /// <param name="group">The group that the socket is to belong to; null for none.</param>
    /// <param name="sealing">Whose log is to be made append-only; null for none.</param>
    /// <exception cref="ProblemException">The system did not let it be limited.</exception>
    internal static void Limit(uint? group, AgentPlaces? sealing)
    {
        if (!OperatingSystem.IsLinux())
            return;
        if (!Libc.TryCapabilities(out var effective, out var permitted, out var inheritable))
            throw Failed("examined");
        var kept = Kept(permitted);
        var limited = NoNewPrivileges && permitted == kept && inheritable == 0 && (effective & SetGroups) == 0;
        var again = Libc.getenv(Mark) != 0;
        _ = Libc.unsetenv(Mark);
        if (limited)
            return;
        if (again)
            throw new ProblemException("the daemon's privileges could not be limited", "see what confines it: its capabilities are in /proc/PID/status");
        if (sealing is not null && SealProcess.Available && (permitted & LinuxImmutable) != 0)
        {
            SealProcess.Offer(sealing);
            // Gone before the runtime starts again; the second so that the first can leave the bounding set too.
            kept |= permitted & (LinuxImmutable | SetBounding);
        }

        LimitThread(effective, kept, group);
        StartAgain();
    }

    /// <summary>What of these a daemon keeps.</summary>
    internal static ulong Kept(ulong permitted)
    {
        var kept = permitted & DacReadSearch;
        // Containers as a rule have this one alone, which can do more than read.
        return kept == 0 ? permitted & DacOverride : kept;
    }

    private static bool NoNewPrivileges
    {
        get
        {
            const int get = 39;
            return Libc.prctl(get, 0, 0, 0, 0) == 1;
        }
    }

    private static void LimitThread(ulong effective, ulong kept, uint? group)
    {
        const int setNoNewPrivileges = 38, readBounding = 23, dropBounding = 24, ambient = 47, clearAmbient = 4;
        // As a member of the group it may give the socket to it without any capability.
        var groups = stackalloc uint[1] { group ?? 0 };
        if ((effective & SetGroups) != 0 && Libc.setgroups(group is null ? 0u : 1u, groups) != 0)
            throw Failed("limited to its group");
        _ = Libc.prctl(ambient, clearAmbient, 0, 0, 0);
        for (var i = 0; i < 64; i++)
        {
            // Without the capability to do so the bound stays; no-new-privileges then keeps it from being reached.
            if ((kept & (1UL << i)) == 0 && Libc.prctl(readBounding, (nuint)i, 0, 0, 0) == 1)
                _ = Libc.prctl(dropBounding, (nuint)i, 0, 0, 0);
        }

        if (!Libc.SetCapabilities(kept) || Libc.prctl(setNoNewPrivileges, 1, 0, 0, 0) != 0)
            throw Failed("limited");
    }

    private static void StartAgain()
    {
        var arguments = SmallFile.Read("/proc/self/cmdline") ?? throw Failed("limited: its arguments cannot be read");
        _ = Libc.setenv(Mark, "1", 1);
        using var again = new NativeStrings(RawArguments.Split(arguments, arguments.AsSpan().Count((byte)0)));
        fixed (byte* self = "/proc/self/exe\0"u8)
            _ = Libc.execve(self, again.Pointer, Libc.OwnEnvironment);
        throw Failed("limited: it cannot be started once more");
    }

    private static ProblemException Failed(string what) => new(
        $"the daemon's privileges could not be {what}: {Libc.ErrorText(Libc.LastError)}", "see what confines it: its capabilities are in /proc/PID/status");
}
