using System.Text.Json.Serialization;

namespace CcConsole.Core.Reports;

/// <summary>The JSON forms of reports, in camel case, optional members left out when they are null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExecutionReport))]
[JsonSerializable(typeof(RecordedReport))]
public sealed partial class ReportJson : JsonSerializerContext;
