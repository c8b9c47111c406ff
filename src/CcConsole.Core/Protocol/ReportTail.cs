using CcConsole.Core.Reports;

namespace CcConsole.Core.Protocol;

/// <summary>Asks for the host's reports in their order.</summary>
/// <param name="After">Only reports with a higher sequence number; -1 for all.</param>
/// <param name="Limit">Of those that are there already only the last so many; null for all.</param>
/// <param name="Follow">Whether to go on with new ones as they come; else the stream ends.</param>
/// <param name="Credit">How many messages may be sent at first, 0 to 1,000,000.</param>
public sealed record ReportTailParams(long After = -1, int? Limit = null, bool Follow = false, int Credit = 64);

/// <summary>Tells that the console holds the host's reports durably, so that the host may let them go when they are old.</summary>
/// <param name="Seq">The sequence number of the last of them.</param>
public sealed record ReportAckParams(long Seq);

/// <summary>One report.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Entry">The report and its place in the host's journal.</param>
public sealed record ReportEntry(long Stream, RecordedReport Entry);
