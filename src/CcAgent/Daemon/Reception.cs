using System.Runtime.InteropServices;
using CcAgent.Journal;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>
/// Receives reports and has them recorded. Only while a client is in the middle of something is there a time to wait for: it
/// is ended after its five seconds. What is there is recorded at once, by one write; what comes while the disk is busy
/// makes the next batch.
/// </summary>
internal sealed class Reception
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
    private readonly RequestReader _requests;
    private readonly List<Connection> _open = [];
    private readonly List<RecordRequest> _batch = [];
    private long _batchBytes;
    private readonly Dictionary<uint, int> _users = [];

    internal Reception(ListeningSocket listener, Recorder recorder, RequestReader requests) =>
        (_listener, _recorder, _requests) = (listener, recorder, requests);

    /// <summary>How long until a client's time is over, in milliseconds; -1 when there is none.</summary>
    internal int TimeoutMs
    {
        get
        {
            var timeout = -1;
            foreach (var connection in _open)
            {
                var left = (int)Math.Clamp(Math.Ceiling(connection.Left.TotalMilliseconds), 0, 60_000);
                timeout = timeout < 0 ? left : Math.Min(timeout, left);
            }

            return timeout;
        }
    }

    /// <summary>Adds what is waited for.</summary>
    internal void Fill(List<PollEntry> entries)
    {
        entries.Add(new PollEntry { Descriptor = _open.Count < MostConnections ? _listener.Descriptor : -1, Events = PollEntry.In });
        foreach (var connection in _open)
            entries.Add(new PollEntry { Descriptor = connection.Descriptor, Events = PollEntry.In });
    }

    /// <summary>Serves who has something to say, and has it recorded.</summary>
    /// <param name="entries">The entries that <see cref="Fill"/> added, with what came.</param>
    internal void Serve(ReadOnlySpan<PollEntry> entries)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (entries[1 + i].Came != 0)
                Serve(_open[i]);
            else if (_open[i].Left <= TimeSpan.Zero)
                Refuse(_open[i], "nothing whole came within 5 s");
        }

        if (entries[0].Came != 0)
            Accept();
        if (_batch.Count == 0)
            return;
        _recorder.Record(_batch);
        _batch.Clear();
        _batchBytes = 0;
    }

    /// <summary>Tells who is still there to come again.</summary>
    internal void End()
    {
        foreach (var connection in _open)
            connection.Close(Busy);
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
