using CcAgent.Native;
using CcConsole.Core.Audit;
using CcConsole.Core.Reports;

namespace CcAgent.Exec;

/// <summary>
/// One output stream of a job on its way: from the pipe into the tail and the digest, and on to this process's own
/// stream. At most one piece is held back; while it is, the pipe fills and the job waits, as it would without a wrapper.
/// </summary>
internal sealed unsafe class RelayedStream
{
    // What a pipe takes without blocking when poll(2) has said that it takes anything (PIPE_BUF).
    private const int SafeWrite = 4096;

    private readonly byte[] _piece = new byte[16 * 1024];
    private readonly Sha256 _digest = new();
    private int _from;
    private int _to;
    private int _pendingStart;
    private int _pendingEnd;
    private bool _recording = true;

    /// <param name="from">The pipe's reading end, owned by this.</param>
    /// <param name="to">Where the bytes go on to; -1 for nowhere.</param>
    internal RelayedStream(int from, int to) => (_from, _to) = (from, to);

    internal OutputTail Tail { get; } = new();

    internal bool Open => _from >= 0;

    internal bool Pending => _pendingEnd > _pendingStart;

    /// <summary>Says what to wait for; false when there is nothing any more.</summary>
    internal bool Prepare(out PollEntry entry)
    {
        entry = Pending
            ? new PollEntry { Descriptor = _to, Events = PollEntry.Out }
            : new PollEntry { Descriptor = _from, Events = PollEntry.In };
        return Pending || Open;
    }

    /// <summary>Goes one step on after poll(2) has said that something came.</summary>
    internal void Step()
    {
        if (Pending)
            PassOn();
        else
            Take();
    }

    /// <summary>Passes on what is held back, however long its reader takes.</summary>
    internal void Flush()
    {
        while (Prepare(out var entry) && Pending)
        {
            _ = Libc.poll(&entry, 1, -1);
            PassOn();
        }
    }

    /// <summary>Gives the pipe's reading end away; this reads no more. -1 when it is at its end.</summary>
    internal int Detach()
    {
        var from = _from;
        _from = -1;
        return from;
    }

    /// <summary>SHA-256 of all that came until now; what comes later is passed on but no longer counted.</summary>
    internal string Finish()
    {
        _recording = false;
        return _digest.Finish().ToString();
    }

    private void Take()
    {
        nint count;
        fixed (byte* at = _piece)
            count = Libc.read(_from, at, (nuint)_piece.Length);
        if (count < 0 && (Libc.LastError == Errno.Interrupted || Libc.LastError == Errno.Again))
            return;
        if (count <= 0)
        {
            _ = Libc.close(_from);
            _from = -1;
            return;
        }

        var bytes = _piece.AsSpan(0, (int)count);
        if (_recording)
        {
            _digest.Append(bytes);
            Tail.Append(bytes);
        }

        if (_to >= 0)
            (_pendingStart, _pendingEnd) = (0, (int)count);
    }

    private void PassOn()
    {
        nint count;
        fixed (byte* at = _piece)
            count = Libc.write(_to, at + _pendingStart, (nuint)Math.Min(SafeWrite, _pendingEnd - _pendingStart));
        if (count >= 0)
        {
            _pendingStart += (int)count;
        }
        else if (Libc.LastError != Errno.Interrupted && Libc.LastError != Errno.Again)
        {
            // Nobody reads any more, or the disk is full: the report still gets it all.
            _to = -1;
            _pendingStart = _pendingEnd;
        }
    }
}
