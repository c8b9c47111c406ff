using System.Diagnostics;
using CcAgent.Journal;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>
/// Receives reports and has them recorded. Only while a client is in the middle of something is there a time to wait for: it
/// is ended after its five seconds. What is there is recorded at once, by one write; what comes while the disk is busy
/// makes the next batch.
/// </summary>
internal sealed class Reception : IDisposable
{
    // What is recorded by one write at most.
    private const int MostRequests = 512;
    private const long MostBatchBytes = 2 * 1024 * 1024;

    // When no descriptor is to be had at all, new clients wait that long in the socket's queue.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly byte[] Busy = [.. DaemonSocket.Busy, (byte)'\n'];

    private readonly ListeningSocket _listener;
    private readonly Recorder _recorder;
    private readonly RequestReader _requests;
    private readonly Clients _clients = new();
    private readonly BufferPool _pool = new();

    // Those that are being waited for, as they were when the waiting began.
    private readonly List<Connection> _waiting = [];
    private readonly List<RecordRequest> _batch = [];
    private long _batchBytes;

    // A descriptor that is given up so that a client can be told that there are no more.
    private int _spare;
    private long _paused;

    internal Reception(ListeningSocket listener, Recorder recorder, RequestReader requests)
    {
        (_listener, _recorder, _requests) = (listener, recorder, requests);
        _spare = Spare();
    }

    /// <summary>How long until there is something to do unasked, in milliseconds; -1 when there is nothing.</summary>
    internal int TimeoutMs
    {
        get
        {
            var timeout = _paused == 0 ? -1 : Milliseconds(Pause - Stopwatch.GetElapsedTime(_paused));
            // The oldest come first, and all have the same time.
            if (_clients.Open.Count > 0)
            {
                var left = Milliseconds(_clients.Open[0].Left);
                timeout = timeout < 0 ? left : Math.Min(timeout, left);
            }

            return timeout;
        }
    }

    /// <summary>Adds what is waited for.</summary>
    internal void Fill(List<PollEntry> entries)
    {
        if (_paused != 0 && Stopwatch.GetElapsedTime(_paused) >= Pause)
            _paused = 0;
        entries.Add(new PollEntry { Descriptor = _paused == 0 ? _listener.Descriptor : -1, Events = PollEntry.In });
        _waiting.Clear();
        _waiting.AddRange(_clients.Open);
        foreach (var connection in _waiting)
            entries.Add(new PollEntry { Descriptor = connection.Descriptor, Events = PollEntry.In });
    }

    /// <summary>Serves who has something to say, and has it recorded.</summary>
    /// <param name="entries">The entries that <see cref="Fill"/> added, with what came.</param>
    internal void Serve(ReadOnlySpan<PollEntry> entries)
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            // One served before may have had to make room.
            if (_waiting[i].Done)
                continue;
            if (entries[1 + i].Came != 0)
                Serve(_waiting[i]);
            else if (_waiting[i].Left <= TimeSpan.Zero)
                Refuse(_waiting[i], "nothing whole came within 5 s");
            RecordWhenFull();
        }

        if (entries[0].Came != 0)
            Accept();
        Record();
    }

    /// <summary>Lets go of memory that is not in use.</summary>
    internal void Tidy() => _pool.Clear();

    /// <summary>Tells who is still there to come again.</summary>
    public void Dispose()
    {
        foreach (var connection in _clients.Open)
            connection.Close(Busy);
        if (_spare >= 0)
            _ = Libc.close(_spare);
    }

    private static int Spare() => Libc.open("/dev/null", OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);

    private static int Milliseconds(TimeSpan left) => (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, 60_000);

    private void RecordWhenFull()
    {
        if (_batch.Count >= MostRequests || _batchBytes >= MostBatchBytes)
            Record();
    }

    private void Record()
    {
        if (_batch.Count == 0)
            return;
        _recorder.Record(_batch);
        _batch.Clear();
        _batchBytes = 0;
    }

    private void Accept()
    {
        // So many that those who are there are not forgotten over those who come.
        for (var i = 0; i < MostRequests && _batch.Count < MostRequests && _batchBytes < MostBatchBytes; i++)
        {
            var fd = Libc.AcceptUnix(_listener.Descriptor);
            if (fd < 0)
            {
                if (Libc.LastError is Errno.ProcessFiles or Errno.SystemFiles || Libc.LastError == Errno.NoBuffers || Libc.LastError == Errno.NoMemory)
                {
                    // The kernel looks for a descriptor before it looks whether anybody waits: for nobody nobody has to go.
                    if (!_listener.IsAwaited)
                        return;
                    TurnAway();
                    if (_paused != 0)
                        return;
                    continue;
                }

                if (Libc.LastError is Errno.Interrupted || Libc.LastError == Errno.Aborted)
                    continue;
                return;
            }

            if (!Libc.TryPeer(fd, out var uid, out var pid))
            {
                _ = Libc.close(fd);
                continue;
            }

            Welcome(new Connection(fd, uid, pid, _pool));
        }
    }

    private void Welcome(Connection connection)
    {
        if (!_clients.HasRoom(connection.Uid, out var instead))
        {
            if (instead is null)
            {
                connection.Close(Busy);
                return;
            }

            End(instead);
        }

        _clients.Add(connection);
        // What it has to say is there already as a rule: no need to ask poll(2) again.
        Serve(connection);
    }

    // No descriptor is left: who has dawdled longest makes room; where there is nobody, who waits is told so with the spare one.
    private void TurnAway()
    {
        if (_clients.Open.Count > 0)
        {
            End(_clients.Open[0]);
            return;
        }

        if (_spare >= 0)
        {
            _ = Libc.close(_spare);
            var fd = Libc.AcceptUnix(_listener.Descriptor);
            if (fd >= 0)
                new Connection(fd, 0, 0, _pool).Close(Busy);
            _spare = Spare();
            if (fd >= 0 && _spare >= 0)
                return;
        }
        else
        {
            _spare = Spare();
        }

        _paused = Stopwatch.GetTimestamp();
    }

    private void Serve(Connection connection)
    {
        var length = connection.Read(out var reason);
        if (length is null)
        {
            while (_clients.Heaviest() is { } heaviest)
                End(heaviest);
        }
        else if (length < 0)
        {
            Refuse(connection, reason);
        }
        else
        {
            _clients.Remove(connection);
            if (_requests.Read(connection, length.Value) is { } request)
                Add(connection, request);
        }
    }

    private void Refuse(Connection connection, string reason)
    {
        _clients.Remove(connection);
        // Someone who only looked whether the daemon is there has said nothing that could be refused.
        if (connection.Frame.Bytes.Length == 0)
            connection.Close(default);
        else
            Add(connection, RequestReader.Rejected(connection, connection.Frame.Bytes, reason));
    }

    private void Add(Connection connection, RecordRequest request)
    {
        _batch.Add(request);
        _batchBytes += connection.Frame.Bytes.Length;
    }

    private void End(Connection connection)
    {
        _clients.Remove(connection);
        connection.Close(Busy);
    }
}
