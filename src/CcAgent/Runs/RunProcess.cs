using System.Globalization;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Runs;

/// <summary>
/// The processes of a run that goes on, known for certain: a number alone may be another process's by now, and a mark of
/// another user's may name any.
/// </summary>
internal sealed class RunProcess
{
    private readonly RunMark _mark;

    // Whether its group has been there whenever it was looked for.
    private bool _group;

    private RunProcess(RunMark mark) => (_mark, _group) = (mark, mark.Group);

    /// <exception cref="ProblemException">The mark's process is not there, or not the one that the mark means.</exception>
    internal static RunProcess Open(RunMark mark)
    {
        if (IsJob(mark))
            return new RunProcess(mark);
        throw new ProblemException(
            string.Create(CultureInfo.InvariantCulture, $"process {mark.Pid} is not run {mark.RunId} any more, or this system cannot tell"),
            "look whether it has ended: cc-console job running");
    }

    /// <summary>Whether this process may send signals to the run.</summary>
    internal bool Allowed => Libc.kill(_mark.Pid, 0) == 0;

    /// <summary>
    /// Asks the run to end: by its wrapper, which passes the signal on to the job and then begins no other attempt; where that
    /// does not listen (nohup), the job itself.
    /// </summary>
    internal void Ask(int signal)
    {
        if (IsWrapper() && ProcessIdentity.Credentials(_mark.WrapperPid) is { } credentials
            && (_mark.Uid == 0 || credentials.Uid == _mark.Uid) && (credentials.Caught & (1UL << (signal - 1))) != 0)
        {
            _ = Libc.kill(_mark.WrapperPid, signal);
        }
        else
        {
            Send(signal);
        }
    }

    /// <summary>
    /// Whether processes of the job's group are there, with it or after it. While there are, the group's number is nobody
    /// else's; once there are none this stays false.
    /// </summary>
    internal bool LeftGroup => _group = _group && Libc.kill(-_mark.Pid, 0) == 0;

    /// <summary>Signals the job and all of its group.</summary>
    internal void Send(int signal)
    {
        if (LeftGroup)
            _ = Libc.kill(-_mark.Pid, signal);
        else if (!_mark.Group && IsJob(_mark))
            _ = Libc.kill(_mark.Pid, signal);
    }

    private bool IsWrapper() => _mark.WrapperStart > 0 && ProcessIdentity.Of(_mark.WrapperPid)?.Start == _mark.WrapperStart;

    // Root's own marks are root's word, and its jobs may have become other users. Another's is believed of their own processes.
    private static bool IsJob(RunMark mark) =>
        mark.Boot == HeldMark.CurrentBoot && mark.PidStart > 0 && ProcessIdentity.Of(mark.Pid) is { } there && there.Start == mark.PidStart
        && (!mark.Group || there.Group == mark.Pid)
        && (mark.Uid == 0 || (ProcessIdentity.Credentials(mark.Pid) is { } credentials && credentials.Uid == mark.Uid));
}
