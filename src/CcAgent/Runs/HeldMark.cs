using CcAgent.Exec;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Runs;

/// <summary>The mark of a run by the wrapper that answers for it.</summary>
internal sealed class HeldMark
{
    /// <summary>What a mark's name ends in while it is being made.</summary>
    internal const string Part = ".part";

    private const int Exclusive = 2, NonBlocking = 4;

    private readonly HeldDirectory _spool;
    private readonly string _path;
    private readonly int _fd;

    private HeldMark(HeldDirectory spool, string path, int fd) => (_spool, _path, _fd) = (spool, path, fd);

    /// <summary>
    /// Marks a run that has begun. It is not made durable: what a power cut takes with it was running on this host. Where
    /// there is no spool nobody looks for marks, and none is made.
    /// </summary>
    /// <param name="socket">The daemon's socket, which tells the spool.</param>
    /// <param name="mark">The run; the members about processes and the boot are filled in here.</param>
    /// <param name="problem">Why there is no mark although there should be one; the run goes on without. Else null.</param>
    internal static HeldMark? Make(string socket, RunMark mark, out string? problem)
    {
        problem = null;
        try
        {
            var spool = AgentPlaces.SpoolFor(Path.GetDirectoryName(socket)!, mark.Uid);
            if (!Libc.TryStatus(spool, out _))
                return null;
            var wrapper = Environment.ProcessId;
            return Write(SpoolWriter.Hold(spool, mark.Uid), mark with
            {
                PidStart = ProcessIdentity.Of(mark.Pid)?.Start ?? 0,
                WrapperPid = wrapper,
                WrapperStart = ProcessIdentity.Of(wrapper)?.Start ?? 0,
                Boot = CurrentBoot,
            });
        }
#pragma warning disable CA1031 // Whatever it is: the job runs, and is not to suffer from it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            problem = "the run could not be marked as running: " + e.Message;
            return null;
        }
    }

    /// <summary>The kernel's id of this boot; empty where there is none.</summary>
    internal static string CurrentBoot =>
        OperatingSystem.IsLinux() && SmallFile.Read("/proc/sys/kernel/random/boot_id") is { } id
            ? System.Text.Encoding.ASCII.GetString(id).TrimEnd() : "";

    /// <summary>The run's report is delivered or in the spool: takes the mark away.</summary>
    internal void Remove()
    {
        _ = Libc.unlink(_path);
        _ = Libc.close(_fd);
        _spool.Dispose();
    }

    private static HeldMark Write(HeldDirectory spool, RunMark mark)
    {
        var name = SpoolWriter.Name(mark.StartTime, mark.RunId) + RunMark.Suffix;
        var (part, path) = (spool.At(name + Part), spool.At(name));
        var fd = Libc.open(part, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (fd < 0)
            throw Failed(spool, name);
        // Locked before it has its name: a mark that can be seen is held, or its wrapper is dead.
        if (Libc.flock(fd, Exclusive | NonBlocking) == 0 && StandardStreams.WriteAll(fd, mark.ToJson()) && Libc.rename(part, path) == 0)
            return new HeldMark(spool, path, fd);
        var problem = Failed(spool, name);
        _ = Libc.unlink(part);
        _ = Libc.close(fd);
        throw problem;
    }

    private static ProblemException Failed(HeldDirectory spool, string name)
    {
        var error = Libc.LastError;
        spool.Dispose();
        return new ProblemException($"{spool.Path}/{name}: {Libc.ErrorText(error)}");
    }
}
