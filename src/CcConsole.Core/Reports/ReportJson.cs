using System.Text.Json.Serialization;

namespace CcConsole.Core.Reports;

/// <summary>
/// The JSON forms of reports, in camel case, optional members left out when they are null; a required one that is missing is
/// an error. A recorded report is one level deeper than the report itself may be.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = ReportLimits.MaxDepth + 1)]
[JsonSerializable(typeof(ExecutionReport))]
[JsonSerializable(typeof(RecordedReport))]
public sealed partial class ReportJson : JsonSerializerContext;
