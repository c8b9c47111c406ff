using System.Runtime.InteropServices;
using CcAgent.Journal;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>
/// Receives reports and has them recorded: one thread, one poll(2), no timer. It sleeps until something comes; only
/// while a client is in the middle of something does it wake by itself, to end it after its five seconds. What is there
/// is recorded at once, by one write; what comes while the disk is busy makes the next batch.
/// </summary>
internal sealed unsafe class Reception
{
    // Connections at once in all, and of one user (root's are not counted); bytes held for all of them.
    private const int MostConnections = 128, MostOfOneUser = 48;
    private const long MostBytes = 16 * 1024 * 1024;

    // What is recorded by one write at most.
    private const int MostRequests = 512;
    private const long MostBatchBytes = 8 * 1024 * 1024;

    private static readonly byte[] Busy = "{\"ok\":false,\"recorded\":false,\"seq\":-1,\"error\":\"busy\"}\n"u8.ToArray();

    private readonly ListeningSocket _listener;
    private readonly Recorder _recorder;
    private readonly SpoolDrain _drain;
    private readonly RequestReader _requests;
    private readonly SpoolWatch _spool;

    // Becomes readable when it is time to end.
    private readonly int _stop;
    private readonly List<Connection> _open = [];
    private readonly List<RecordRequest> _batch = [];
    private long _batchBytes;
    private bool _busy = true;
    private readonly Dictionary<uint, int> _users = [];

    internal Reception(
        ListeningSocket listener, Recorder recorder, SpoolDrain drain, RequestReader requests, SpoolWatch spool, int stop) =>
        (_listener, _recorder, _drain, _requests, _spool, _stop) = (listener, recorder, drain, requests, spool, stop);

    /// <summary>Runs until the stop descriptor says so.</summary>
    internal void Run()
    {
        var entries = new List<PollEntry>();
        // What came into a spool before it was watched.
        var draining = true;
        while (true)
        {
            Fill(entries);
            var span = CollectionsMarshal.AsSpan(entries);
            int ready;
            fixed (PollEntry* at = span)
                ready = Libc.poll(at, (nuint)span.Length, draining ? 0 : Timeout());
            if (span[0].Came != 0)
                break;
            GiveBackMemory(ready);
            for (var i = _open.Count - 1; i >= 0; i--)
            {
                if (span[3 + i].Came != 0)
                    Serve(_open[i]);
                else if (_open[i].Left <= TimeSpan.Zero)
                    Refuse(_open[i], "nothing whole came within 5 s");
            }

            if (span[2].Came != 0)
                Accept();
            if (_batch.Count > 0)
            {
                _recorder.Record(_batch);
                _batch.Clear();
                _batchBytes = 0;
            }

            if (span[1].Came != 0)
                _spool.Take();
            if (draining || span[1].Came != 0 || (ready == 0 && _spool.PollMs >= 0))
                draining = _drain.Step(_recorder);
        }

        foreach (var connection in _open)
            connection.Close(Busy);
    }

    private void Fill(List<PollEntry> entries)
    {
        entries.Clear();
        entries.Add(new PollEntry { Descriptor = _stop, Events = PollEntry.In });
        entries.Add(new PollEntry { Descriptor = _spool.Descriptor, Events = PollEntry.In });
        entries.Add(new PollEntry { Descriptor = _open.Count < MostConnections ? _listener.Descriptor : -1, Events = PollEntry.In });
        foreach (var connection in _open)
            entries.Add(new PollEntry { Descriptor = connection.Descriptor, Events = PollEntry.In });
    }

    // Ten seconds after the last report, once: what a busy time has taken of memory goes back to the system.
    private void GiveBackMemory(int ready)
    {
        if (ready == 0 && _busy && _open.Count == 0)
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _busy = ready > 0;
    }

    private int Timeout()
    {
        const int quietMs = 10_000;
        var timeout = _busy ? quietMs : _spool.PollMs;
        foreach (var connection in _open)
        {
            var left = (int)Math.Clamp(Math.Ceiling(connection.Left.TotalMilliseconds), 0, 60_000);
            timeout = timeout < 0 ? left : Math.Min(timeout, left);
        }

        return timeout;
    }

    private void Accept()
    {
        while (_open.Count < MostConnections && _batch.Count < MostRequests && _batchBytes < MostBatchBytes)
        {
            var fd = Libc.AcceptUnix(_listener.Descriptor);
            if (fd < 0)
                return;
            if (!Libc.TryPeer(fd, out var uid, out var pid))
            {
                _ = Libc.close(fd);
                continue;
            }

            var connection = new Connection(fd, uid, pid);
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, uid, out _);
            if (uid != 0 && count >= MostOfOneUser)
            {
                connection.Close(Busy);
                continue;
            }

            count++;
            _open.Add(connection);
            // What it has to say is there already as a rule: no need to ask poll(2) again.
            Serve(connection);
        }
    }

    private void Serve(Connection connection)
    {
        if (connection.Read(out var reason) is not { } length)
        {
            long held = 0;
            foreach (var other in _open)
                held += other.Frame.Capacity;
            if (held > MostBytes)
                End(connection, Busy);
        }
        else if (length < 0)
        {
            Refuse(connection, reason);
        }
        else
        {
            Forget(connection);
            if (_requests.Read(connection, length) is { } request)
                Add(connection, request);
        }
    }

    private void Refuse(Connection connection, string reason)
    {
        // Someone who only looked whether the daemon is there has said nothing that could be refused.
        if (connection.Frame.Bytes.Length == 0)
        {
            End(connection, default);
            return;
        }

        Forget(connection);
        Add(connection, RequestReader.Rejected(connection, connection.Frame.Bytes, reason));
    }

    private void Add(Connection connection, RecordRequest request)
    {
        _batch.Add(request);
        _batchBytes += connection.Frame.Bytes.Length;
    }

    private void End(Connection connection, ReadOnlySpan<byte> answer)
    {
        Forget(connection);
        connection.Close(answer);
    }

    private void Forget(Connection connection)
    {
        _open.Remove(connection);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, connection.Uid, out _);
        if (--count <= 0)
            _users.Remove(connection.Uid);
    }
}
