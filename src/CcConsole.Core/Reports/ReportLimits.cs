namespace CcConsole.Core.Reports;

/// <summary>The sizes that reports keep to.</summary>
public static class ReportLimits
{
    /// <summary>The most bytes of a whole report in JSON: 1 MiB.</summary>
    public const int MaxReportBytes = 1024 * 1024;

    /// <summary>The most bytes kept of each output stream: its last 256 KiB.</summary>
    public const int MaxTailBytes = 256 * 1024;

    /// <summary>The most bytes kept of a command: its first 64 KiB.</summary>
    public const int MaxCommandBytes = 64 * 1024;

    /// <summary>The deepest nesting that a report may have.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most members of a report, those of objects in it included: they are compared with each other.</summary>
    public const int MaxMembers = 1000;

    /// <summary>The most characters of a job's id.</summary>
    public const int MaxJobIdLength = 256;

    /// <summary>The longest run, in milliseconds: 100 years. More is no measurement, and does not fit what reckons with it.</summary>
    public const long MaxDurationMs = 3_155_760_000_000;

    private const int FirstYear = 1970, LastYear = 9000;

    /// <summary>Whether a run can have started then: from 1970 to the year 9000, which leaves every reckoning and time zone room.</summary>
    public static bool IsStart(DateTimeOffset time) => time.UtcDateTime.Year is >= FirstYear and <= LastYear;
}
