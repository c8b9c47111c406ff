using System.Buffers.Text;
using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>
/// The host's clocks beside each other: the time of day, which may be set; the time awake; and the time since the boot,
/// sleep included. What they disagree by tells what happened in between.
/// </summary>
/// <param name="Now">The time of day.</param>
/// <param name="Awake">Since the boot, sleep left out.</param>
/// <param name="Uptime">Since the boot, sleep included.</param>
internal readonly record struct HostClock(DateTimeOffset Now, TimeSpan Awake, TimeSpan Uptime)
{
    // Slewing and slow reading make less than that.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    internal DateTimeOffset Boot => Now - Uptime;

    internal static HostClock Read(TimeProvider time)
    {
        var awake = TimeSpan.FromMilliseconds(Environment.TickCount64);
        // proc_uptime(5): seconds since the boot, with those asleep.
        var uptime = SmallFile.Read("/proc/uptime") is { } text && Utf8Parser.TryParse(text, out decimal seconds, out _)
            ? TimeSpan.FromMilliseconds((double)seconds * 1000) : awake;
        return new HostClock(time.GetUtcNow(), awake, uptime);
    }

    /// <summary>
    /// What happened since an earlier reading: adds the times in which the host was suspended, or that its clock left out.
    /// </summary>
    /// <returns>By how much the clock was set back; zero for a clock that was not.</returns>
    internal TimeSpan Since(in HostClock before, HostHistory history)
    {
        var asleep = Uptime - before.Uptime - (Awake - before.Awake);
        if (asleep < Slack)
            asleep = TimeSpan.Zero;
        var set = Now - before.Now - (Awake - before.Awake) - asleep;
        if (set > Slack)
            history.Add(HostTime.Skipped, before.Now, Now);
        else if (asleep > TimeSpan.Zero)
            history.Add(HostTime.Suspended, before.Now, Now);
        return set < -Slack ? -set : TimeSpan.Zero;
    }
}
