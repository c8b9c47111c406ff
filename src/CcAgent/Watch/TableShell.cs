using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Native;
using CcConsole.Core.Crontab;

namespace CcAgent.Watch;

/// <summary>
/// A shell that does nothing but read the user's own table when it is asked to. crontab(1) is set-group-id, and the daemon
/// gives up such programs for good: so the shell is started before that, and has no other way to be told anything. It ends
/// with the daemon.
/// </summary>
internal sealed unsafe class TableShell : IDisposable
{
    private const string Variable = "CC_AGENT_TABLE";
    private const int SetFlags = 2, CloseOnExec = 1, LimitMs = 60_000;

    private readonly int _asking, _answers;
    private readonly byte[] _mark;

    // What has come of the answer to the last question, and whether there is more to come.
    private readonly List<byte> _answer = [];
    private bool _owed;

    private TableShell(int asking, int answers, string mark) => (_asking, _answers, _mark) = (asking, answers, Encoding.ASCII.GetBytes("\n" + mark + " "));

    /// <summary>Starts it, unless that was done before this program was started once more.</summary>
    internal static void Start()
    {
        if (Libc.getenv(Variable) != 0 || !Libc.TryPipe(out var asked, out var asking))
            return;
        if (!Libc.TryPipe(out var answers, out var answering))
            return;
        // What a table holds was written before, so it cannot be taken for the end of an answer.
        var mark = Convert.ToHexStringLower(RandomBytes.Get(16));
        var script = $"while read -r line; do (\n{HostCrontab.ReadCommand()}\n) </dev/null 2>/dev/null; printf '\\n{mark} %d\\n' $?; done";
        using (var arguments = new NativeStrings([Bytes("/bin/sh"), Bytes("-c"), Bytes(script)]))
        {
            if (ChildProcess.Start(arguments.Pointer, Libc.OwnEnvironment, new ChildProcess.Setup(asked, answering, 2, OwnGroup: true), out _) != 0)
                return;
        }

        _ = Libc.close(asked);
        _ = Libc.close(answering);
        _ = Libc.fcntl(asking, SetFlags, 0);
        _ = Libc.fcntl(answers, SetFlags, 0);
        _ = Libc.setenv(Variable, string.Create(CultureInfo.InvariantCulture, $"{asking} {answers} {mark}"), 1);
    }

    /// <summary>The one that was started; null when none was.</summary>
    internal static TableShell? Take()
    {
        var parts = Marshal.PtrToStringUTF8(Libc.getenv(Variable))?.Split(' ');
        _ = Libc.unsetenv(Variable);
        if (parts is not [var first, var second, var mark] || !int.TryParse(first, out var asking) || !int.TryParse(second, out var answers))
            return null;
        _ = Libc.fcntl(asking, SetFlags, CloseOnExec);
        _ = Libc.fcntl(answers, SetFlags, CloseOnExec);
        return new TableShell(asking, answers, mark);
    }

    /// <summary>Asks it, and waits for a minute at most.</summary>
    internal TableRead Read(int limitMs = LimitMs)
    {
        // An answer that was too late says nothing of the table as it is now, and must not be taken for the next one.
        if (_owed && Answer(limitMs) is null)
            return Late();
        var line = (byte)'\n';
        if (Libc.write(_asking, &line, 1) != 1)
            return Ended();
        _owed = true;
        return Answer(limitMs) ?? Late();
    }

    public void Dispose()
    {
        _ = Libc.close(_asking);
        _ = Libc.close(_answers);
    }

    // Null when it has not come in time; what there is of it is kept.
    private TableRead? Answer(int limitMs)
    {
        var buffer = stackalloc byte[16 * 1024];
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var entry = new PollEntry { Descriptor = _answers, Events = PollEntry.In };
            var left = (int)Math.Clamp(Math.Ceiling(limitMs - Stopwatch.GetElapsedTime(began).TotalMilliseconds), 0, limitMs);
            var ready = Libc.poll(&entry, 1, left);
            if (ready == 0)
                return null;
            // A signal has come, and no answer: to read one would wait without end.
            if (ready < 0 && Libc.LastError == Errno.Interrupted)
                continue;
            var count = Libc.read(_answers, buffer, 16 * 1024);
            if (count < 0 && Libc.LastError == Errno.Interrupted)
                continue;
            if (count <= 0)
                return Ended();
            _answer.AddRange(new ReadOnlySpan<byte>(buffer, (int)count));
            var span = CollectionsMarshal.AsSpan(_answer);
            if (span[^1] == (byte)'\n' && span.LastIndexOf(_mark) is >= 0 and var end
                && int.TryParse(span[(end + _mark.Length)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var exitCode))
            {
                var read = HostCrontab.ParseRead(exitCode, span[..end], default);
                _answer.Clear();
                _owed = false;
                return read;
            }
        }
    }

    private static TableRead.Failed Late() => new("crontab did not answer within a minute", "see on the host what holds it up");

    private static TableRead.Failed Ended() => new("the shell that reads the table has ended", "start the daemon again");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
