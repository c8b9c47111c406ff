using System.Text.Json.Serialization;

namespace CcConsole.Core.Reports;

/// <summary>The JSON forms of reports, in camel case, optional members left out when they are null; a required one that is missing is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ExecutionReport))]
[JsonSerializable(typeof(RecordedReport))]
public sealed partial class ReportJson : JsonSerializerContext;
