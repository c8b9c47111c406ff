using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Tests;

/// <summary>
/// An agent that can be made to lie, which a real one cannot: it keeps its chain and reports in memory, where a test rewrites them.
/// All other commands run for real.
/// </summary>
internal sealed class AgentDouble(IHostShell inner) : IHostShell
{
    private readonly Lock _lock = new();
    private readonly List<Session> _sessions = [];
    private EntryEncoder _encoder = new("c0ffee", 0, default);

    /// <summary>The chain's lines with their line feeds.</summary>
    public List<byte[]> Chain { get; private set; } = [];

    public List<RecordedReport> Reports { get; } = [];

    /// <summary>Entries that the console asked for.</summary>
    public List<AuditAppendParams> Appended { get; } = [];

    /// <summary>What it says that its clock is.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    public bool AuditUnavailable { get; set; }

    public bool Refuses { get; set; }

    /// <summary>Sends what a well-behaved agent would not.</summary>
    public Func<byte[], byte[]> OnTheWire { get; set; } = lines => lines;

    public string Host => inner.Host;

    /// <summary>Begins a chain anew, as after an installation.</summary>
    public void NewChain(string id)
    {
        lock (_lock)
        {
            Chain = [];
            _encoder = new EntryEncoder(id, 0, default);
            Append("audit.genesis");
        }
    }

    public void Append(string name, params AuditMember[] members)
    {
        // A console may be leaving its mark just now.
        lock (_lock)
        {
            AppendAlone(name, members);
        }
    }

    private void AppendAlone(string name, AuditMember[] members)
    {
        ArrayBufferWriter<byte> line = new();
        long now = 1_795_190_000_000_000 + (_encoder.NextSeq * 1_000_000);
        if (_encoder.NextSeq == 0)
        {
            _encoder.AppendGenesis(line, "web01", "boot", now, _encoder.NextSeq * 1_000_000);
        }
        else
        {
            _encoder.Append(line, name, now, _encoder.NextSeq * 1_000_000, members);
        }

        byte[] written = line.WrittenSpan.ToArray();
        Chain.Add(written[^1] == '\n' ? written : [.. written, (byte)'\n']);
    }

    /// <summary>Goes back to an earlier length and goes on from there, as an honest writer after a cut would.</summary>
    public void CutTo(int count)
    {
        string last = JsonDocument.Parse(Chain[count - 1]).RootElement.GetProperty("hash").GetString()!;
        Chain = Chain[..count];
        _encoder = new EntryEncoder(_encoder.ChainId, count, Hash32.Parse(last));
    }

    public void Report(string job, int exitCode = 0, DateTimeOffset? start = null)
    {
        lock (_lock)
        {
            DateTimeOffset at = start ?? DateTimeOffset.UnixEpoch.AddSeconds(1_795_190_000 + (Reports.Count * 60));
            RecordedReport report = new(Reports.Count, at.ToUnixTimeMilliseconds() * 1000, 0, new ExecutionReport(job, "true", exitCode, "out", "", at, 20, 0, "root"));
            Reports.Add(report);
            _sessions.ForEach(session => session.Follow(report));
        }
    }

    /// <summary>Cuts every open session.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _sessions.ForEach(session => session.Cut());
            _sessions.Clear();
        }
    }

    public Task<CommandResult> RunAsync(string command, ReadOnlyMemory<byte> input = default, CommandOptions? options = null, CancellationToken cancellation = default) =>
        Refuses ? throw FaultyShell.Refused(Host) : inner.RunAsync(command, input, options, cancellation);

    public Task<ICommandStream> OpenAsync(string command, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        if (Refuses)
        {
            throw FaultyShell.Refused(Host);
        }

        Session session = new(this);
        lock (_lock)
        {
            _sessions.Add(session);
        }

        return Task.FromResult<ICommandStream>(session);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Session : ICommandStream
    {
        private readonly AgentDouble _agent;
        private readonly Pipe _in = new(), _out = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly List<long> _following = [];
        private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Session(AgentDouble agent)
        {
            _agent = agent;
            Input = _in.Writer.AsStream();
            Output = _out.Reader.AsStream();
            _ = Task.Run(ServeAsync);
        }

        public Stream Input { get; }

        public Stream Output { get; }

        public ReadOnlyMemory<byte> Error => default;

        public Stream? ErrorStream => null;

        public Task<int> Exit => _exit.Task;

        public void Cut()
        {
            _exit.TrySetException(FaultyShell.Lost(_agent.Host));
            _out.Writer.Complete();
        }

        public void Follow(RecordedReport report)
        {
            foreach (long stream in _exit.Task.IsCompleted ? [] : _following)
            {
                Send(StreamMethods.ReportEntry, new ReportEntry(stream, report), ProtocolJson.Default.ReportEntry);
            }
        }

        public ValueTask DisposeAsync()
        {
            _exit.TrySetCanceled();
            _in.Writer.Complete();
            return ValueTask.CompletedTask;
        }

        private async Task ServeAsync()
        {
            LineFramer framer = new();
            Stream input = _in.Reader.AsStream();
            while (true)
            {
                int read = await input.ReadAsync(framer.GetBuffer());
                if (read == 0)
                {
                    await _out.Writer.CompleteAsync();
                    return;
                }

                framer.Advance(read);
                while (framer.Read(out ReadOnlyMemory<byte> line) == FrameKind.Line)
                {
                    lock (_agent._lock)
                    {
                        Answer(RpcCodec.Read(line.Span)!);
                    }
                }
            }
        }

        private void Answer(RpcMessage request)
        {
            long id = request.Id ?? 0;
            switch (request.Method)
            {
                case Methods.Hello:
                    Result(id, new HelloResult("9.9", 1, [], "web01", "root", 0, "user", "/d", "Europe/Berlin", _agent.Now), ProtocolJson.Default.HelloResult);
                    break;
                case Methods.AgentStatus:
                    Result(id, new AgentStatusResult("9.9", "user", "/d", "/d/s", "c", 0, "", 0, 0, "on", []), ProtocolJson.Default.AgentStatusResult);
                    break;
                case Methods.CrontabRead:
                    Result(id, new CrontabReadResult("root", true, "* * * * * true\n"u8.ToArray(), "", "debian"), ProtocolJson.Default.CrontabReadResult);
                    break;
                case Methods.ReportTail:
                    ReportTailParams tail = request.Params!.Value.Deserialize(ProtocolJson.Default.ReportTailParams)!;
                    Result(id, new StreamResult(id, _agent.Reports.Count - 1), ProtocolJson.Default.StreamResult);
                    _agent.Reports.Where(report => report.Seq > tail.After).ToList().ForEach(report => Send(StreamMethods.ReportEntry, new ReportEntry(id, report), ProtocolJson.Default.ReportEntry));
                    if (tail.Follow)
                    {
                        _following.Add(id);
                        break;
                    }

                    End(id);
                    break;
                case Methods.AuditPull:
                    Pull(id, request.Params!.Value.Deserialize(ProtocolJson.Default.AuditPullParams)!);
                    break;
                case Methods.AuditAppend when _agent.AuditUnavailable:
                    ArrayBufferWriter<byte> line = new();
                    RpcCodec.WriteError(line, id, new RpcError(RpcErrorCode.AuditUnavailable, "the daemon does not answer"));
                    Write(line);
                    break;
                case Methods.AuditAppend:
                    AuditAppendParams append = request.Params!.Value.Deserialize(ProtocolJson.Default.AuditAppendParams)!;
                    _agent.Appended.Add(append);
                    bool witness = append.Event == AuditEvents.WitnessHead;
                    List<AuditMember> members = [new("actor", append.Actor), new("origin", append.Origin), new(witness ? "host_seq" : "console_seq", append.Seq ?? -1), new(witness ? "host_hash" : "console_hash", append.Hash)];
                    _agent.Append(append.Event, witness ? [.. members, new("host", append.Host), new("host_chain", append.Chain)] : [.. members]);
                    Result(id, new AuditAppendResult(_agent.Chain.Count - 1, ""), ProtocolJson.Default.AuditAppendResult);
                    break;
            }
        }

        private void Pull(long id, AuditPullParams pull)
        {
            byte[]? held = pull.After >= 0 && pull.After < _agent.Chain.Count ? _agent.Chain[(int)pull.After] : null;
            Result(id, new AuditPullResult(id, _agent.Chain.Count - 1, held, 0, _agent.Now), ProtocolJson.Default.AuditPullResult);
            List<byte[]> rest = _agent.Chain[(int)Math.Min(pull.After + 1, _agent.Chain.Count)..];
            int at = (int)pull.After + 1;
            foreach (byte[][] part in rest.Chunk(Math.Max(1, (rest.Count + 2) / 3)))
            {
                Send(StreamMethods.AuditLines, new AuditLines(id, at, part.Length, _agent.OnTheWire([.. part.SelectMany(line => line)])), ProtocolJson.Default.AuditLines);
                at += part.Length;
            }

            End(id);
        }

        private void End(long id) => Send(StreamMethods.End, new StreamEnd(id, StreamEndReason.Complete), ProtocolJson.Default.StreamEnd);

        private void Result<T>(long id, T value, JsonTypeInfo<T> type)
        {
            ArrayBufferWriter<byte> line = new();
            RpcCodec.WriteResult(line, id, value, type);
            Write(line);
        }

        private void Send<T>(string method, T value, JsonTypeInfo<T> type)
        {
            ArrayBufferWriter<byte> line = new();
            RpcCodec.WriteNotification(line, method, value, type);
            Write(line);
        }

        private void Write(ArrayBufferWriter<byte> line)
        {
            _out.Writer.Write(line.WrittenSpan);
            _out.Writer.FlushAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
