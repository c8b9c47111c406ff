using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using CcConsole.Core.Reports;

namespace CcAgent.Runs;

/// <summary>
/// What a run that goes on says of itself: a file beside the spooled reports, whose lock its wrapper holds until the run's
/// report is delivered or spooled. One whose lock is free belongs to a run whose wrapper died before that.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Command">What it runs; only its start when it is long.</param>
/// <param name="RunId">The run, as in its report.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="Uid">The user it runs as.</param>
/// <param name="Pid">The job's process.</param>
/// <param name="PidStart">That process's start, in clock ticks since the boot; 0 where it cannot be told.</param>
/// <param name="Group">Whether that process leads a process group.</param>
/// <param name="WrapperPid">The process of `exec`.</param>
/// <param name="WrapperStart">Its start, in clock ticks since the boot; 0 where it cannot be told.</param>
/// <param name="Boot">The kernel's id of the boot; empty where there is none.</param>
internal sealed record RunMark(
    string JobId,
    string Command,
    string RunId,
    DateTimeOffset StartTime,
    uint Uid,
    int Pid,
    long PidStart,
    bool Group,
    int WrapperPid,
    long WrapperStart,
    string Boot)
{
    /// <summary>What a mark's file name ends in.</summary>
    internal const string Suffix = ".run";

    /// <summary>The most bytes of a mark: six for each character of the command, and room for the rest.</summary>
    internal const int MaxBytes = 64 * 1024;

    // In the mark of a run that goes on, a few thousand characters are enough to know it by.
    private const int MostCommand = 4096;

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_");

    /// <summary>Which attempt of a job that is retried this is, from 1.</summary>
    public int? Attempt { get; init; }

    internal byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jobId"u8, JobId);
            json.WriteString("command"u8, Command.Length <= MostCommand ? Command : CutCommand(Command));
            json.WriteString("runId"u8, RunId);
            json.WriteString("startTime"u8, StartTime);
            json.WriteNumber("uid"u8, Uid);
            json.WriteNumber("pid"u8, Pid);
            json.WriteNumber("pidStart"u8, PidStart);
            json.WriteBoolean("group"u8, Group);
            json.WriteNumber("wrapperPid"u8, WrapperPid);
            json.WriteNumber("wrapperStart"u8, WrapperStart);
            json.WriteString("boot"u8, Boot);
            if (Attempt is { } attempt)
                json.WriteNumber("attempt"u8, attempt);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Understands a mark's bytes; null with the reason when they are none.</summary>
    internal static RunMark? Read(ReadOnlySpan<byte> json, out string problem)
    {
        problem = "it is not the JSON of a run mark";
        try
        {
            if (JsonSerializer.Deserialize(json, RunMarkJson.Default.RunMark) is not { } mark)
                return null;
            problem = mark.JobId.Length is 0 or > ReportLimits.MaxJobIdLength ? "its job id is empty or too long"
                : mark.RunId.Length is 0 or > 128 || mark.RunId.AsSpan().ContainsAnyExcept(IdCharacters) ? "its run id is none"
                : mark.Command.Length > 2 * MostCommand ? "its command is too long"
                : mark.Boot.Length > 64 ? "its boot id is too long"
                : !ReportLimits.IsStart(mark.StartTime) ? "its start is no possible time"
                : mark.Pid <= 1 || mark.WrapperPid <= 0 ? "it names no process that a job could be"
                : mark.Attempt < 1 ? "its attempt is not a number from 1"
                : "";
            return problem.Length == 0 ? mark : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string CutCommand(string command)
    {
        var end = char.IsHighSurrogate(command[MostCommand - 1]) ? MostCommand - 1 : MostCommand;
        return $"{command.AsSpan(0, end)} [… {command.Length - end} more characters]";
    }
}

/// <summary>How a mark is read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(RunMark))]
internal sealed partial class RunMarkJson : JsonSerializerContext;
