using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>Work that takes long, on a thread of its own beside the daemon's.</summary>
internal static class OwnThread
{
    /// <exception cref="ProblemException">There is no thread to be had: a job of the same user may have started all that the user may.</exception>
    internal static Task<T> Start<T>(Func<T> work)
    {
        try
        {
            return Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (TaskSchedulerException e)
        {
            throw new ProblemException("no thread can be started", "see what else this user has running, and how much they may (ulimit -u)", e);
        }
    }
}
