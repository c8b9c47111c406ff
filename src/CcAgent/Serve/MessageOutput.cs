using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>Writes whole messages to the console, one at a time. When the console is gone, what is written is dropped.</summary>
internal sealed class MessageOutput
{
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private bool _gone;

    internal void Result<T>(long id, T result, JsonTypeInfo<T> type) =>
        Send(buffer => RpcCodec.WriteResult(buffer, id, result, type));

    internal void Error(long? id, int code, string message, string hint = "") =>
        Send(buffer => RpcCodec.WriteError(buffer, id, new RpcError(code, message, hint.Length == 0 ? null : new RpcErrorData(hint))));

    internal void Error(long id, ProblemException problem) => Error(id, RpcErrorCode.Problem, problem.Message, problem.Hint);

    internal void Notify<T>(string method, T parameters, JsonTypeInfo<T> type) =>
        Send(buffer => RpcCodec.WriteNotification(buffer, method, parameters, type));

    internal void Report(long stream, ReadOnlySpan<byte> recorded)
    {
        lock (_lock)
        {
            RpcCodec.WriteReportEntry(_buffer, stream, recorded);
            Flush();
        }
    }

    private void Send(Action<ArrayBufferWriter<byte>> write)
    {
        lock (_lock)
        {
            write(_buffer);
            Flush();
        }
    }

    private void Flush()
    {
        if (!_gone)
            _gone = !StandardStreams.WriteAll(StandardStreams.Output, _buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
