using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>What a run does while another run of the same job goes on.</summary>
internal enum OverlapPolicy
{
    /// <summary>It begins all the same.</summary>
    Allow,

    /// <summary>It is not begun.</summary>
    Skip,

    /// <summary>It waits until that one has ended. One run waits; a further one is not begun.</summary>
    Queue,
}

/// <summary>
/// The lock of one job of one user: a file in a folder of this user's alone. A lock ends with its wrapper, whatever ends
/// that; the file then names the process of the job, which may still go on. What the job leaves in the background does not
/// hold it, else a job that starts a service would never run again.
/// </summary>
internal sealed unsafe class OverlapLock
{
    private const int Exclusive = 2, NonBlocking = 4;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly int _fd;

    private OverlapLock(string path, int fd) => (_path, _fd) = (path, fd);

    /// <summary>Takes the lock of a job.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="socket">The daemon's socket.</param>
    /// <param name="uid">This user.</param>
    /// <param name="wait">Whether to wait for a run that goes on, unless another one waits already; a signal that asks to end ends the waiting.</param>
    /// <returns>Null when another run of the job goes on.</returns>
    /// <exception cref="ProblemException">There is no place for the lock in which nobody else has a hand.</exception>
    internal static OverlapLock? Take(string jobId, string socket, uint uid, bool wait)
    {
        var folder = AgentPlaces.LocksFor(Path.GetDirectoryName(socket)!, uid);
        using var held = Hold(folder, uid);
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jobId)).AsSpan(0, 16));
        var (own, next) = (Open(held, name + ".lock"), -1);
        try
        {
            if (!TryLock(own))
            {
                if (!wait)
                    return null;
                next = Open(held, name + ".next");
                if (!TryLock(next) || !WaitFor(own))
                    return null;
            }

            while (StillRuns(own))
            {
                if (!wait)
                    return null;
                if (next < 0 && !TryLock(next = Open(held, name + ".next")))
                    return null;
                if (ForwardedSignals.Ended.WaitOne(Step))
                    return null;
            }

            var taken = new OverlapLock($"{folder}/{name}.lock", own);
            own = -1;
            return taken;
        }
        finally
        {
            if (own >= 0)
                _ = Libc.close(own);
            if (next >= 0)
                _ = Libc.close(next);
        }
    }

    /// <summary>Names the job's process, by which it is known should its wrapper die.</summary>
    /// <returns>Null, or why it could not be written.</returns>
    internal string? Hold(int pid)
    {
        var start = ProcessIdentity.Of(pid)?.Start ?? 0;
        return Write(string.Create(CultureInfo.InvariantCulture, $"{pid} {start} {HeldMark.CurrentBoot}"))
            ? null : $"{_path} could not be written: {Libc.ErrorText(Libc.LastError)}; should this wrapper be killed, the next run begins beside this one";
    }

    /// <summary>The job has ended.</summary>
    internal void Release()
    {
        _ = Write("");
        _ = Libc.close(_fd);
    }

    private static HeldDirectory Hold(string folder, uint uid)
    {
        var parent = Path.GetDirectoryName(folder)!;
        if (uid != 0 && parent == AgentPlaces.UserSocketDirectory(uid))
            SecureDirectory.Make(parent, uid, SecureDirectory.Private);
        else if (uid != 0 && parent == Path.GetDirectoryName(AgentPlaces.UserSpool(uid)))
            SecureDirectory.MakePath(parent, uid);
        else
            SecureDirectory.Require(parent, uid);
        return SecureDirectory.HoldMade(folder, uid, SecureDirectory.Private);
    }

    // Of one length, so that no longer text before it shows through.
    private bool Write(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text.PadRight(96) + "\n");
        fixed (byte* at = bytes)
            return Libc.pwrite(_fd, at, (nuint)bytes.Length, 0) == bytes.Length;
    }

    private static bool StillRuns(int fd)
    {
        var bytes = stackalloc byte[128];
        var length = Libc.pread(fd, bytes, 128, 0);
        if (length <= 0)
            return false;
        var words = Encoding.ASCII.GetString(bytes, (int)length).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length >= 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && start > 0 && (words.Length > 2 ? words[2] : "") == HeldMark.CurrentBoot
            && ProcessIdentity.Of(pid)?.Start == start;
    }

    private static bool WaitFor(int fd)
    {
        using var locked = new ManualResetEvent(false);
        new Thread(() =>
        {
            while (Libc.flock(fd, Exclusive) != 0 && Libc.LastError == Errno.Interrupted)
            {
            }

            try
            {
                locked.Set();
            }
            catch (ObjectDisposedException)
            {
                // A signal was first: this process ends.
            }
        })
        { IsBackground = true }.Start();
        return WaitHandle.WaitAny([ForwardedSignals.Ended, locked]) == 1;
    }

    private static bool TryLock(int fd) => Libc.flock(fd, Exclusive | NonBlocking) == 0;

    private static int Open(HeldDirectory folder, string name)
    {
        var fd = Libc.open(folder.At(name), OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        return fd >= 0 ? fd : throw new ProblemException($"{folder.Path}/{name}: {Libc.ErrorText(Libc.LastError)}");
    }
}
