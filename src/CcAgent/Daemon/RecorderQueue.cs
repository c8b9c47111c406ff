using CcAgent.Journal;

namespace CcAgent.Daemon;

/// <summary>
/// Feeds the recorder from a thread of its own. A lone request is written at once; what arrives while the disk is busy is
/// written together.
/// </summary>
internal sealed class RecorderQueue
{
    private const int MostRequests = 512;
    private const long MostBytes = 8 * 1024 * 1024;

    private readonly Recorder _recorder;
    private readonly SpoolDrain _spool;
    private readonly object _gate = new();
    private readonly Queue<RecordRequest> _waiting = new();
    private readonly Thread _thread;
    private long _bytes;
    private bool _drain;
    private bool _stopping;

    internal RecorderQueue(Recorder recorder, SpoolDrain spool)
    {
        (_recorder, _spool) = (recorder, spool);
        _thread = new Thread(Run, 512 * 1024) { IsBackground = true, Name = "recorder" };
    }

    /// <summary>Whether so much waits for the disk that no more should be taken on.</summary>
    internal bool Full
    {
        get
        {
            lock (_gate)
                return _waiting.Count >= MostRequests || _bytes >= MostBytes;
        }
    }

    internal void Start() => _thread.Start();

    internal void Add(RecordRequest request)
    {
        lock (_gate)
        {
            _waiting.Enqueue(request);
            _bytes += Size(request);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Something has come into a spool.</summary>
    internal void Drain()
    {
        lock (_gate)
        {
            _drain = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Records what waits, then ends.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        var batch = new List<RecordRequest>();
        while (true)
        {
            bool drain;
            batch.Clear();
            lock (_gate)
            {
                while (_waiting.Count == 0 && !_drain && !_stopping)
                    Monitor.Wait(_gate);
                if (_waiting.Count == 0 && _stopping)
                    return;
                (drain, _drain) = (_drain, false);
                while (batch.Count < MostRequests && _waiting.TryDequeue(out var request))
                {
                    batch.Add(request);
                    _bytes -= Size(request);
                }
            }

            if (batch.Count > 0)
                _recorder.Record(batch);
            if (drain)
                _spool.Run(_recorder);
        }
    }

    private static int Size(RecordRequest request) => request switch
    {
        ReportRequest report => report.Bytes.Length,
        RejectedRequest rejected => rejected.Bytes.Length,
        _ => 0,
    };
}
