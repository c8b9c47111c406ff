using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>
/// Tells the supervisor that started the daemon how it is, by the protocol of sd_notify(3): ready, ending, and alive as
/// often as its watchdog wants. It is told from the daemon's one loop, so a daemon that hangs is started again.
/// </summary>
internal sealed class ServiceNotice : IDaemonPart
{
    private readonly string? _socket;

    // Twice in the watchdog's time; -1 without a watchdog.
    private readonly long _intervalMs;
    private long _last = Stopwatch.GetTimestamp();
    private string _said = "";

    private ServiceNotice(string? socket, long intervalMs) => (_socket, _intervalMs) = (socket, intervalMs);

    public int Descriptor => -1;

    public int TimeoutMs => _intervalMs < 0
        ? -1 : (int)Math.Clamp(_intervalMs - (long)Stopwatch.GetElapsedTime(_last).TotalMilliseconds, 0, int.MaxValue);

    /// <summary>As the supervisor wants it: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. Without them nobody is told.</summary>
    internal static ServiceNotice FromEnvironment()
    {
        var socket = Variable("NOTIFY_SOCKET");
        if (socket is not (['/', _, ..] or ['@', _, ..]))
            return new ServiceNotice(null, -1);
        var forOther = Variable("WATCHDOG_PID") is { } pid && pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var watched = long.TryParse(Variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var micros) && micros > 0;
        return new ServiceNotice(socket, watched && !forOther ? Math.Max(1, micros / 2000) : -1);
    }

    /// <summary>Reports can be handed over from now on.</summary>
    internal void Started(string what) => Tell($"READY=1\nSTATUS={what}");

    /// <summary>The daemon has been asked to end.</summary>
    internal void Ending() => Tell("STOPPING=1\nSTATUS=ending");

    public void Ready()
    {
        _last = Stopwatch.GetTimestamp();
        Tell("WATCHDOG=1");
    }

    // A supervisor that cannot be told is no reason to end; said once, not every half minute.
    private void Tell(string state)
    {
        if (_socket is null)
            return;
        var problem = Libc.SendDatagram(_socket, Encoding.UTF8.GetBytes(state)) ? "" : Libc.ErrorText(Libc.LastError);
        if (problem != _said && problem.Length > 0)
            StandardStreams.Say($"the supervisor cannot be told at {_socket}: {problem}", "look at how it runs the daemon (Type=notify, NotifyAccess=main)");
        _said = problem;
    }

    private static string? Variable(string name) => Marshal.PtrToStringUTF8(Libc.getenv(name));
}
