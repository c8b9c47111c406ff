using System.Text.Json.Serialization;

namespace CcConsole.Core.Protocol;

/// <summary>The JSON forms of the protocol's messages, in camel case; a required member that is missing is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = RpcLimits.MaxDepth)]
[JsonSerializable(typeof(RpcMessage))]
[JsonSerializable(typeof(RpcError))]
[JsonSerializable(typeof(HelloParams))]
[JsonSerializable(typeof(HelloResult))]
[JsonSerializable(typeof(StreamResult))]
[JsonSerializable(typeof(StreamCredit))]
[JsonSerializable(typeof(StreamCancel))]
[JsonSerializable(typeof(StreamEnd))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(ReportTailParams))]
[JsonSerializable(typeof(ReportAckParams))]
[JsonSerializable(typeof(ReportEntry))]
[JsonSerializable(typeof(AuditPullParams))]
[JsonSerializable(typeof(AuditPullResult))]
[JsonSerializable(typeof(AuditLines))]
[JsonSerializable(typeof(AuditAppendParams))]
[JsonSerializable(typeof(AuditAppendResult))]
[JsonSerializable(typeof(CrontabReadParams))]
[JsonSerializable(typeof(CrontabReadResult))]
[JsonSerializable(typeof(CrontabWriteParams))]
[JsonSerializable(typeof(CrontabWriteResult))]
[JsonSerializable(typeof(CrontabSettleParams))]
[JsonSerializable(typeof(CrontabDiscoverParams))]
[JsonSerializable(typeof(CrontabFound))]
[JsonSerializable(typeof(JobRunParams))]
[JsonSerializable(typeof(JobRunResult))]
[JsonSerializable(typeof(JobOutput))]
[JsonSerializable(typeof(JobEnded))]
[JsonSerializable(typeof(JobStopParams))]
[JsonSerializable(typeof(JobStopResult))]
[JsonSerializable(typeof(JobRunningResult))]
[JsonSerializable(typeof(AgentStatusResult))]
public sealed partial class ProtocolJson : JsonSerializerContext;
