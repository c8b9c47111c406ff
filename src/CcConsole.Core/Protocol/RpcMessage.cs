using System.Text.Json;
using System.Text.Json.Serialization;

namespace CcConsole.Core.Protocol;

/// <summary>
/// One message of JSON-RPC 2.0 as it lies on a line. Ids are whole numbers; batches (arrays) are not used.
/// </summary>
public sealed record RpcMessage
{
    /// <summary>Always "2.0".</summary>
    [JsonPropertyName("jsonrpc")]
    public string? Version { get; init; }

    /// <summary>The request's id; null for a notification, and in an error that answers what could not be read.</summary>
    public long? Id { get; init; }

    /// <summary>The method of a request or notification; null in an answer.</summary>
    public string? Method { get; init; }

    /// <summary>The parameters of a request or notification.</summary>
    public JsonElement? Params { get; init; }

    /// <summary>The answer, when the request succeeded.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>The answer, when the request failed.</summary>
    public RpcError? Error { get; init; }

    /// <summary>Which of the four kinds of message this is.</summary>
    [JsonIgnore]
    public RpcKind Kind =>
        Version != "2.0" ? RpcKind.Invalid
        : Method is not null ? Id is null ? RpcKind.Notification : RpcKind.Request
        : Error is not null ? RpcKind.Failure
        : Result is not null && Id is not null ? RpcKind.Result
        : RpcKind.Invalid;
}

/// <summary>The kinds of JSON-RPC message.</summary>
public enum RpcKind
{
    /// <summary>Not a message of JSON-RPC 2.0.</summary>
    Invalid,

    /// <summary>Asks for an answer with its id.</summary>
    Request,

    /// <summary>Asks for no answer.</summary>
    Notification,

    /// <summary>Answers a request that succeeded.</summary>
    Result,

    /// <summary>Answers a request that failed.</summary>
    Failure,
}

/// <summary>Why a request failed.</summary>
/// <param name="Code">One of <see cref="RpcErrorCode"/>.</param>
/// <param name="Message">What happened, and to what.</param>
/// <param name="Data">What to do next.</param>
public sealed record RpcError(int Code, string Message, RpcErrorData? Data = null);

/// <summary>What goes with an error.</summary>
/// <param name="Hint">What to do next; empty when there is nothing that the person can do.</param>
public sealed record RpcErrorData(string Hint);

/// <summary>The codes of JSON-RPC 2.0, and this protocol's own from -32000 down.</summary>
public static class RpcErrorCode
{
    /// <summary>The line is not JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>The line is JSON, but no request.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>No such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The parameters are missing, of the wrong type or out of range.</summary>
    public const int InvalidParams = -32602;

    /// <summary>The agent failed in a way that it did not foresee.</summary>
    public const int InternalError = -32603;

    /// <summary>The action failed or was refused; the message says why, the data what to do next.</summary>
    public const int Problem = -32000;

    /// <summary>The line was longer than the limit; it was dropped whole.</summary>
    public const int TooLong = -32001;

    /// <summary>The action was refused because the host's audit log cannot be written now.</summary>
    public const int AuditUnavailable = -32002;

    /// <summary>The host's policy for this session does not allow the method; nothing was done.</summary>
    public const int Refused = -32003;
}
