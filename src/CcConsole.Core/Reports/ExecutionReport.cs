using System.Text.Json;
using System.Text.Json.Serialization;

namespace CcConsole.Core.Reports;

/// <summary>
/// Execution report v1.3: what one run of one job was. The first ten members are the published format; the others are
/// this project's optional ones. Members that neither knows are kept in <see cref="Unknown"/>.
/// </summary>
/// <param name="JobId">The job's id, 1 to 256 characters.</param>
/// <param name="Command">The command that was run: the arguments joined with single spaces, bytes that are not UTF-8 replaced.</param>
/// <param name="ExitCode">The exit code; 128 + n when signal n ended the command.</param>
/// <param name="Stdout">The last 256 KiB of standard output at most, as text; begins with a marker when the start was cut.</param>
/// <param name="Stderr">The same of standard error.</param>
/// <param name="StartTime">When the command was started (RFC 3339).</param>
/// <param name="DurationMs">How long it ran, in whole milliseconds of the monotonic clock.</param>
/// <param name="ExecutingUid">The effective user id under which it ran.</param>
/// <param name="ExecutingUser">The name of that user, or the number when it has no name.</param>
public sealed record ExecutionReport(
    string JobId,
    string Command,
    int ExitCode,
    string Stdout,
    string Stderr,
    DateTimeOffset StartTime,
    long DurationMs,
    uint ExecutingUid,
    string ExecutingUser)
{
    /// <summary>A warning about the run, such as that it ran as root.</summary>
    public string? Warning { get; init; }

    /// <summary>The number of the signal that ended the command; null when it exited by itself.</summary>
    public int? Signal { get; init; }

    /// <summary>Whether the command was ended because its time was up.</summary>
    public bool? TimedOut { get; init; }

    /// <summary>Why the command was not begun, such as "overlap"; its exit code is 0 then. Null when it was.</summary>
    public string? Refused { get; init; }

    /// <summary>Whether the wrapper died before it could report: how the command ended is not known, and its exit code is -1.</summary>
    public bool? Lost { get; init; }

    /// <summary>The sandbox mode it ran in; null when none was asked for.</summary>
    public string? Sandbox { get; init; }

    /// <summary>The run's own random id (32 hexadecimal digits): what makes a report delivered twice one report.</summary>
    public string? RunId { get; init; }

    /// <summary>Which attempt of the run this was, from 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>How many bytes the command wrote to standard output, all of them counted.</summary>
    public long? StdoutBytes { get; init; }

    /// <summary>How many bytes the command wrote to standard error, all of them counted.</summary>
    public long? StderrBytes { get; init; }

    /// <summary>SHA-256 of all of standard output, 64 hexadecimal digits.</summary>
    public string? StdoutSha256 { get; init; }

    /// <summary>SHA-256 of all of standard error, 64 hexadecimal digits.</summary>
    public string? StderrSha256 { get; init; }

    /// <summary>Members that this version does not know, as they came.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A report as a host has recorded it: one line of the host's report journal.</summary>
/// <param name="Seq">Its place in the journal, from 0, without gaps.</param>
/// <param name="Received">When it was recorded, in microseconds since 1970-01-01 UTC.</param>
/// <param name="Uid">The sender's user id as the kernel reported it.</param>
/// <param name="Report">The report.</param>
public sealed record RecordedReport(long Seq, long Received, uint Uid, ExecutionReport Report)
{
    /// <summary><see cref="Received"/> as a point in time, UTC.</summary>
    [JsonIgnore]
    public DateTimeOffset ReceivedAt => DateTimeOffset.UnixEpoch.AddTicks(Received * TimeSpan.TicksPerMicrosecond);
}
