namespace CcAgent.Native;

/// <summary>Starts programs by posix_spawn(3) from the calling thread, whose no-new-privileges bit they inherit.</summary>
internal static unsafe class ChildProcess
{
    private const short SetGroup = 2, SetDefaults = 4;

    // POSIX_SPAWN_SETSID: glibc and musl, Darwin.
    private static readonly short SetSession = (short)(OperatingSystem.IsMacOS() ? 0x400 : 0x80);

    // Larger than both systems' attribute and action structures.
    private const int OpaqueSize = 512;

    /// <summary>This program, whatever has taken its name meanwhile.</summary>
    internal static string Self => OperatingSystem.IsLinux() ? "/proc/self/exe" : Environment.ProcessPath!;

    /// <summary>What a program is started with.</summary>
    /// <param name="Input">The descriptor that becomes standard input; -1 for this process's own.</param>
    /// <param name="Output">The descriptor that becomes standard output.</param>
    /// <param name="Error">The descriptor that becomes standard error.</param>
    /// <param name="OwnGroup">Whether it leads a process group of its own.</param>
    /// <param name="OwnSession">Whether it leads a session of its own, and with it a process group.</param>
    /// <param name="PipeIgnored">Whether it ignores SIGPIPE; else that ends it, as programs expect.</param>
    internal readonly record struct Setup(int Input, int Output, int Error, bool OwnGroup, bool OwnSession = false, bool PipeIgnored = false);

    /// <summary>Starts a program, looked up in PATH.</summary>
    /// <returns>0, or the error number.</returns>
    internal static int Start(byte** arguments, byte** environment, in Setup setup, out int pid)
    {
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        try
        {
            if (setup.Input >= 0)
                _ = Libc.posix_spawn_file_actions_adddup2(actions, setup.Input, 0);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, setup.Output, 1);
            _ = Libc.posix_spawn_file_actions_adddup2(actions, setup.Error, 2);

            // The runtime ignores SIGPIPE.
            var defaults = stackalloc byte[128];
            _ = Libc.sigemptyset(defaults);
            if (!setup.PipeIgnored)
                _ = Libc.sigaddset(defaults, Signals.Pipe);
            // glibc's posix_spawn leaves its own two signals, 32 and 33, ignored unless they are named; sigaddset refuses them.
            if (OperatingSystem.IsLinux())
                *(ulong*)defaults |= 0x1_8000_0000;
            _ = Libc.posix_spawnattr_setsigdefault(attributes, defaults);
            _ = Libc.posix_spawnattr_setpgroup(attributes, 0);
            _ = Libc.posix_spawnattr_setflags(attributes, (short)(SetDefaults | (setup.OwnSession ? SetSession : setup.OwnGroup ? SetGroup : 0)));
            int started = -1;
            var error = Libc.posix_spawnp(&started, arguments[0], actions, attributes, arguments, environment);
            pid = error == 0 ? started : -1;
            return error;
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Takes the end of a child without waiting.</summary>
    internal static bool TryWait(int pid, out int exitCode, out int? signal)
    {
        const int noHang = 1;
        int status = 0;
        int waited;
        while ((waited = Libc.waitpid(pid, &status, noHang)) < 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        signal = null;
        exitCode = 0;
        if (waited == 0)
            return false;
        if (waited < 0)
        {
            // Someone else took its end, so its code is unknown: a failure, never a success.
            exitCode = 255;
            return true;
        }

        if ((status & 0x7F) != 0)
            (signal, exitCode) = (status & 0x7F, 128 + (status & 0x7F));
        else
            exitCode = (status >> 8) & 0xFF;
        return true;
    }
}
