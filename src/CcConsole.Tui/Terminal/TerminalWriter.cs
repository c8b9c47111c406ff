using System.Runtime.InteropServices;

namespace CcConsole.Tui.Terminal;

/// <summary>Writes to the terminal whatever mode its descriptor is in.</summary>
internal static unsafe class TerminalWriter
{
    private const int Interrupted = 4;
    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>How long a stopped terminal (Ctrl+S, a stalled line) is waited for, in milliseconds.</summary>
    private const int Stalled = 2000;

    public enum Outcome
    {
        Done,
        Stalled,
        Gone,
    }

    /// <summary>Writes all. What a terminal does not take in time is dropped, so that the process can still be ended.</summary>
    public static Outcome Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var done = 0;
            while (done < bytes.Length)
            {
                var poll = new Libc.PollFd { Fd = Libc.OutputFd, Events = Libc.PollOut };
                var ready = Libc.poll(&poll, 1, Stalled);
                if (ready == 0)
                    return Outcome.Stalled;
                if (ready < 0)
                {
                    if (Marshal.GetLastPInvokeError() == Interrupted)
                        continue;
                    return Outcome.Gone;
                }
                var written = Libc.write(Libc.OutputFd, start + done, (nuint)(bytes.Length - done));
                if (written >= 0)
                    done += (int)written;
                else if (Marshal.GetLastPInvokeError() is var error && error != Interrupted && error != WouldBlock)
                    return Outcome.Gone;
            }
        }
        return Outcome.Done;
    }
}
