using System.Runtime.InteropServices;

namespace CcConsole.Tui.Terminal;

/// <summary>A thread that reads the terminal until it is told to stop, which takes effect at once: no byte is lost to a program that runs next.</summary>
internal sealed unsafe class TerminalReader
{
    private const int Interrupted = 4;
    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    private readonly Action<ReadOnlyMemory<byte>> _read;
    private readonly Action _gone;
    private readonly Thread _thread;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;

    public TerminalReader(Action<ReadOnlyMemory<byte>> read, Action gone)
    {
        var ends = stackalloc int[2];
        if (Libc.pipe(ends) != 0)
            throw new IOException($"no pipe for the terminal's reader (error {Marshal.GetLastPInvokeError()})");
        (_wakeRead, _wakeWrite) = (ends[0], ends[1]);
        _read = read;
        _gone = gone;
        _thread = new Thread(Run) { IsBackground = true, Name = "terminal input" };
        _thread.Start();
    }

    /// <summary>Ends the thread and waits for that, unless it is the one that asks. Once.</summary>
    public void Stop()
    {
        byte wake = 0;
        _ = Libc.write(_wakeWrite, &wake, 1);
        if (Thread.CurrentThread != _thread && !_thread.Join(TimeSpan.FromSeconds(5)))
            return;
        // Not by the thread: when it ends by itself, their numbers would be another file's by the time that the byte above is written.
        _ = Libc.close(_wakeRead);
        _ = Libc.close(_wakeWrite);
    }

    private void Run()
    {
        var buffer = stackalloc byte[4096];
        var polls = stackalloc Libc.PollFd[2];
        polls[0] = new Libc.PollFd { Fd = _wakeRead, Events = Libc.PollIn };
        polls[1] = new Libc.PollFd { Fd = Libc.InputFd, Events = Libc.PollIn };
        while (true)
        {
            if (Libc.poll(polls, 2, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Interrupted)
                    continue;
                break;
            }
            if (polls[0].Revents != 0)
                break;
            var count = Libc.read(Libc.InputFd, buffer, 4096);
            if (count > 0)
            {
                _read(new ReadOnlySpan<byte>(buffer, (int)count).ToArray());
                continue;
            }
            if (count < 0 && Marshal.GetLastPInvokeError() is var error && (error == Interrupted || error == WouldBlock))
                continue;
            _gone();
            break;
        }
    }
}
