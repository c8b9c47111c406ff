using System.Runtime.InteropServices;

namespace CcConsole.Core.Tests;

/// <summary>What a piece of work costs, whatever else the machine and the runtime do meanwhile.</summary>
internal static unsafe partial class Measured
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID (clock_gettime(2))

    /// <summary>Bytes that it allocates on this thread: the least of several tries, since the runtime compiles in between.</summary>
    public static long Allocation(Action work)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>Time that this thread spends on it and not in waiting for a processor: the least of several tries.</summary>
    public static TimeSpan Time(Action work)
    {
        var least = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = Spent();
            work();
            var spent = Spent() - before;
            least = spent < least ? spent : least;
        }

        return least;
    }

    private static TimeSpan Spent()
    {
        var time = stackalloc long[2];
        return clock_gettime(ThreadCpuTime, time) == 0 ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / 100) : throw new PlatformNotSupportedException();
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
