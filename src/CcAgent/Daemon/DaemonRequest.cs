using System.Text.Json.Serialization;
using CcConsole.Core.Protocol;

namespace CcAgent.Daemon;

/// <summary>A request of the agent's own tools to its daemon.</summary>
internal sealed record DaemonRequest(string Request, AuditAppendParams? Params = null, long? Seq = null)
{
    internal const string Append = "audit.append", Acknowledge = "report.ack", Status = "status", Begin = "run.begin";
}

/// <summary>What the daemon answers.</summary>
internal sealed record DaemonAnswer(
    bool Ok,
    long Seq = -1,
    string? Hash = null,
    string? Error = null,
    DaemonStatus? Status = null,
    string? AppendOnly = null,
    AuditState? Audit = null);

/// <summary>The JSON forms of these.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DaemonRequest))]
[JsonSerializable(typeof(DaemonAnswer))]
internal sealed partial class DaemonJson : JsonSerializerContext;
