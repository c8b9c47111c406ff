using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CcConsole.Core;
using CcConsole.Core.Protocol;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Sessions;

/// <summary>
/// A session with <c>cc-agent serve</c> on a host: JSON-RPC 2.0, one message a line, over the standard streams of one
/// command. Requests may overlap. When the connection is lost every waiting request and stream fails with the cause.
/// </summary>
internal sealed class AgentSession : IAsyncDisposable
{
    private static readonly byte[] PathMark = "agent-path "u8.ToArray();

    private readonly ICommandStream _stream;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly ConcurrentDictionary<long, AgentStream> _streams = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _reading;
    private volatile Exception? _failure;
    private volatile bool _isReplaced;
    private long _lastId;

    private AgentSession(string host, ICommandStream stream)
    {
        Host = host;
        _stream = stream;
        _reading = ReadLoopAsync();
    }

    public string Host { get; }

    /// <summary>How long an answer, or the next message of a stream that has an end, may take.</summary>
    public TimeSpan AnswerLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Who answered.</summary>
    public HelloResult Hello { get; private set; } = null!;

    /// <summary>By how much the host's clock was ahead of this machine's when the session was opened, or its chain last asked for; negative when it was behind.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Where the agent lies on the host; null when a forced command answered.</summary>
    public string? AgentPath { get; private set; }

    /// <summary>The last report that the host has been told is held here; -1 for none in this session.</summary>
    public long AcknowledgedReports { get; set; } = -1;

    /// <summary>Whether the host answers every command of this key by the agent: it said nothing before, so no script was run.</summary>
    public bool IsForced => AgentPath is null;

    /// <summary>Completes when the session has ended, for whatever reason.</summary>
    public Task Ended => _reading;

    public bool IsOpen => _failure is null && !_closing.IsCancellationRequested;

    /// <summary>Whether the agent has said that it is no longer the one that is installed.</summary>
    public bool IsReplaced => _isReplaced;

    /// <summary>Whether something is waited for that has an end.</summary>
    public bool IsWorking => !_waiting.IsEmpty || _streams.Values.Any(static stream => !stream.IsEndless);

    /// <summary>How many requests were made.</summary>
    public long Requests => Interlocked.Read(ref _lastId);

    /// <summary>
    /// Starts the agent on the host and greets it. Null when the host has no agent, and its entry names none.
    /// </summary>
    /// <exception cref="ProblemException">The host is not reached, or its agent does not start: the message is the agent's own.</exception>
    public static async Task<AgentSession?> OpenAsync(IHostShell shell, string host, string client, string? agentPath, string? agentDir, CancellationToken cancellation)
    {
        ICommandStream stream = await shell.OpenAsync(AgentCommand.Serve(agentPath, agentDir), null, cancellation).ConfigureAwait(false);
        AgentSession session = new(host, stream);
        try
        {
            session.Hello = await session.RequestAsync(Methods.Hello, new HelloParams(client, RpcLimits.ProtocolVersion),
                ProtocolJson.Default.HelloParams, ProtocolJson.Default.HelloResult, cancellation).ConfigureAwait(false);
            return session;
        }
        catch (AgentEndedException ended)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            if (ended.ExitCode == AgentCommand.NotInstalled && session.AgentPath is null && agentPath is not null)
            {
                // A path that is configured means that an agent is expected: without it changes would go unrecorded.
                throw new ProblemException($"{host}: there is no agent at {Ssh.Plain.Text(agentPath)}, which the host's entry names",
                    "Install it there, or take agentPath out of the host's entry.", ended);
            }

            // 127 after the path was printed is an agent that is there and that the system could not start: no reason to do without its log.
            return ended.ExitCode == AgentCommand.NotInstalled && session.AgentPath is null
                ? null
                : throw new ProblemException(
                    $"{host}: the agent did not start{(ended.Said.Length > 0 ? $": {ended.Said}" : $" (exit code {ended.ExitCode})")}",
                    "Run cc-agent status on the host.", ended);
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task<TResult> RequestAsync<TParams, TResult>(
        string method, TParams parameters, JsonTypeInfo<TParams> parametersType, JsonTypeInfo<TResult> resultType, CancellationToken cancellation)
        where TResult : class =>
        RequestAsync(Interlocked.Increment(ref _lastId), method, parameters, parametersType, resultType, AnswerLimit, cancellation);

    /// <summary>Sends a request whose answer may take longer than others: what the host is to wait for comes on top.</summary>
    public Task<TResult> RequestAsync<TParams, TResult>(
        string method, TParams parameters, JsonTypeInfo<TParams> parametersType, JsonTypeInfo<TResult> resultType, TimeSpan waits, CancellationToken cancellation)
        where TResult : class =>
        RequestAsync(Interlocked.Increment(ref _lastId), method, parameters, parametersType, resultType, AnswerLimit + waits, cancellation);

    /// <summary>Sends a request that opens a stream; its id is the request's.</summary>
    public async Task<(TResult Result, AgentStream Stream)> OpenStreamAsync<TParams, TResult>(
        string method, TParams parameters, int credit, JsonTypeInfo<TParams> parametersType, JsonTypeInfo<TResult> resultType, CancellationToken cancellation)
        where TResult : class
    {
        long id = Interlocked.Increment(ref _lastId);
        AgentStream stream = new(this, id, credit) { IsEndless = parameters is ReportTailParams { Follow: true } };
        _streams[id] = stream;
        try
        {
            TResult result = await RequestAsync(id, method, parameters, parametersType, resultType, AnswerLimit, cancellation).ConfigureAwait(false);
            return (result, stream);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task NotifyAsync<T>(string method, T parameters, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        ArrayBufferWriter<byte> line = new();
        RpcCodec.WriteNotification(line, method, parameters, type);
        return SendAsync(line.WrittenMemory, cancellation);
    }

    public void Forget(AgentStream stream) => _streams.TryRemove(stream.Id, out _);

    public async ValueTask DisposeAsync()
    {
        if (!_closing.IsCancellationRequested)
        {
            await _closing.CancelAsync().ConfigureAwait(false);
            await _stream.DisposeAsync().ConfigureAwait(false);
        }

        await _reading.ConfigureAwait(false);
    }

    internal static T Read<T>(JsonElement? element, JsonTypeInfo<T> type)
        where T : class =>
        RpcCodec.TryRead(element, type, out T? value, out string problem)
            ? value
            : throw new ProblemException($"The agent sent a message that cannot be read: {problem}", "Are agent and console of versions that belong together?");

    private async Task<TResult> RequestAsync<TParams, TResult>(
        long id, string method, TParams parameters, JsonTypeInfo<TParams> parametersType, JsonTypeInfo<TResult> resultType, TimeSpan limit, CancellationToken cancellation)
        where TResult : class
    {
        TaskCompletionSource<JsonElement> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            if (_failure is { } failure)
            {
                throw failure;
            }

            ArrayBufferWriter<byte> line = new();
            RpcCodec.WriteRequest(line, id, method, parameters, parametersType);
            await SendAsync(line.WrittenMemory, cancellation).ConfigureAwait(false);
            return Read(await answer.Task.WaitAsync(limit, cancellation).ConfigureAwait(false), resultType);
        }
        catch (TimeoutException e)
        {
            throw Silent(method, limit, e);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        await _sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_failure is { } failure)
            {
                throw failure;
            }

            // A line is sent whole or not at all: cancelling in its middle would spoil the session for the others.
            await _stream.Input.WriteAsync(line, CancellationToken.None).AsTask().WaitAsync(AnswerLimit, CancellationToken.None).ConfigureAwait(false);
            await _stream.Input.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A part of the line may have been sent: nothing can follow it.
            await _stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The reader learns why, and with the exit code.
            await _reading.ConfigureAwait(false);
            throw _failure ?? Lost(e);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadLoopAsync()
    {
        Exception failure;
        try
        {
            await Task.Yield();
            LineFramer framer = new();
            bool first = true;
            while (true)
            {
                int read = await _stream.Output.ReadAsync(framer.GetBuffer(), _closing.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    failure = await EndOfStreamAsync().ConfigureAwait(false);
                    break;
                }

                framer.Advance(read);
                for (FrameKind kind; (kind = framer.Read(out ReadOnlyMemory<byte> line)) != FrameKind.Incomplete; first = false)
                {
                    if (kind == FrameKind.TooLong)
                    {
                        throw new ProblemException($"{Host}: the agent sent a message over {RpcLimits.MaxMessageBytes >> 20} MiB");
                    }

                    if (first && line.Span.StartsWith(PathMark))
                    {
                        AgentPath = Encoding.UTF8.GetString(line.Span[PathMark.Length..]);
                    }
                    else
                    {
                        Dispatch(line.Span);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            failure = new HostProblemException(Host, HostProblemKind.ConnectionLost, $"{Host}: the session was closed");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            failure = Lost(e);
        }
        catch (ProblemException e)
        {
            failure = e;
        }

        _failure = failure;
        foreach (TaskCompletionSource<JsonElement> waiting in _waiting.Values)
        {
            waiting.TrySetException(failure);
        }

        foreach (AgentStream stream in _streams.Values)
        {
            stream.Fail(failure);
        }

        if (!_closing.IsCancellationRequested)
        {
            await _closing.CancelAsync().ConfigureAwait(false);
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Dispatch(ReadOnlySpan<byte> line)
    {
        RpcMessage? message = RpcCodec.Read(line);
        switch (message?.Kind)
        {
            case RpcKind.Result when _waiting.TryRemove(message.Id!.Value, out TaskCompletionSource<JsonElement>? answer):
                answer.TrySetResult(message.Result!.Value);
                break;
            case RpcKind.Failure when message.Id is { } id && _waiting.TryRemove(id, out TaskCompletionSource<JsonElement>? answer):
                answer.TrySetException(new AgentProblemException(Host, message.Error!));
                break;
            case RpcKind.Notification when message.Method == AgentNotices.Replaced:
                _isReplaced = true;
                break;
            case RpcKind.Notification:
                if (message.Params is { ValueKind: JsonValueKind.Object } parameters && parameters.TryGetProperty("stream", out JsonElement stream)
                    && stream.ValueKind == JsonValueKind.Number && stream.TryGetInt64(out long number) && _streams.TryGetValue(number, out AgentStream? target) && !target.Deliver(message, line.Length))
                {
                    throw new ProblemException($"{Host}: the agent sent more than it was allowed to; the session was ended");
                }

                break;
            case RpcKind.Result or RpcKind.Failure:
                // An answer to a request that was given up.
                break;
            default:
                throw new ProblemException($"{Host}: what answers is not an agent: {Ssh.Plain.Line(line[..Math.Min(line.Length, 200)])}",
                    "Is something printed by the account's start-up files (.profile, .bashrc) on the host?");
        }
    }

    private async Task<Exception> EndOfStreamAsync()
    {
        try
        {
            int exitCode = await _stream.Exit.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
            return new AgentEndedException(Host, exitCode, Ssh.Plain.Line(_stream.Error.Span));
        }
        catch (HostProblemException e)
        {
            return e;
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            return Lost(e);
        }
    }

    internal HostProblemException Silent(string what, TimeSpan limit, Exception cause) => new(
        Host, HostProblemKind.CommandTimeout, $"{Host}: the agent has not answered {what} for {limit.TotalSeconds:0.#} seconds",
        "Look at the host's load; cc-agent status there tells how the agent is.", cause);

    private HostProblemException Lost(Exception cause) =>
        new(Host, HostProblemKind.ConnectionLost, $"{Host}: the connection to the agent was lost", "It is opened again at the next refresh.", cause);
}

/// <summary>The agent ended by itself.</summary>
internal sealed class AgentEndedException(string host, int exitCode, string said)
    : ProblemException($"{host}: the agent ended with exit code {exitCode}{(said.Length > 0 ? $": {said}" : "")}", "Run cc-agent status on the host.")
{
    public int ExitCode { get; } = exitCode;

    public string Said { get; } = said;
}

/// <summary>The agent refused a request; message and hint are its own.</summary>
internal sealed class AgentProblemException(string host, RpcError error)
    : ProblemException($"{host}: {Plain.Text(error.Message)}", Plain.Text(error.Data?.Hint ?? ""))
{
    public int Code { get; } = error.Code;
}
