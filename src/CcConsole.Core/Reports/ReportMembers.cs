using System.Text.Json;

namespace CcConsole.Core.Reports;

/// <summary>Reads the members of one report whose JSON is known to be well formed and free of duplicate keys.</summary>
internal static class ReportMembers
{
    internal static ExecutionReport? Read(ref Utf8JsonReader reader, out string problem)
    {
        string? jobId = null, command = null, stdout = null, stderr = null, user = null;
        string? warning = null, sandbox = null, runId = null, stdoutSha256 = null, stderrSha256 = null;
        long? exitCode = null, duration = null, uid = null, signal = null, attempt = null, outBytes = null, errBytes = null;
        string? refused = null;
        bool? timedOut = null, lost = null;
        DateTimeOffset? start = null;
        Dictionary<string, JsonElement>? unknown = null;

        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var good = true;
            switch (name)
            {
                case "jobId": good = Text(ref reader, ref jobId) && jobId is { Length: > 0 and <= ReportLimits.MaxJobIdLength }; break;
                case "command": good = Text(ref reader, ref command) && command is not null; break;
                case "exitCode": good = Whole(ref reader, int.MinValue, int.MaxValue, ref exitCode); break;
                case "stdout": good = Text(ref reader, ref stdout) && stdout is not null; break;
                case "stderr": good = Text(ref reader, ref stderr) && stderr is not null; break;
                case "startTime": good = Time(ref reader, ref start); break;
                case "durationMs": good = Whole(ref reader, 0, ReportLimits.MaxDurationMs, ref duration); break;
                case "executingUid": good = Whole(ref reader, 0, uint.MaxValue, ref uid); break;
                case "executingUser": good = Text(ref reader, ref user) && user is not null; break;
                case "warning": good = Text(ref reader, ref warning); break;
                case "signal": good = Whole(ref reader, 0, 255, ref signal, true); break;
                case "timedOut": good = Flag(ref reader, ref timedOut); break;
                case "refused": good = Text(ref reader, ref refused) && refused is null or { Length: > 0 and <= 128 }; break;
                case "lost": good = Flag(ref reader, ref lost); break;
                case "sandbox": good = Text(ref reader, ref sandbox); break;
                case "runId": good = Text(ref reader, ref runId) && runId is null or { Length: > 0 and <= 128 }; break;
                case "attempt": good = Whole(ref reader, 1, int.MaxValue, ref attempt, true); break;
                case "stdoutBytes": good = Whole(ref reader, 0, MaxWhole, ref outBytes, true); break;
                case "stderrBytes": good = Whole(ref reader, 0, MaxWhole, ref errBytes, true); break;
                case "stdoutSha256": good = Text(ref reader, ref stdoutSha256) && IsDigest(stdoutSha256); break;
                case "stderrSha256": good = Text(ref reader, ref stderrSha256) && IsDigest(stderrSha256); break;
                default: (unknown ??= new(StringComparer.Ordinal)).Add(name, JsonElement.ParseValue(ref reader)); break;
            }

            if (!good)
            {
                problem = $"the member \"{name}\" has the wrong type or is out of range";
                return null;
            }
        }

        problem = jobId is null ? "jobId" : command is null ? "command" : exitCode is null ? "exitCode"
            : stdout is null ? "stdout" : stderr is null ? "stderr"
            : start is null ? "startTime" : duration is null ? "durationMs" : uid is null ? "executingUid"
            : user is null ? "executingUser" : "";
        if (problem.Length > 0)
        {
            problem = $"the member \"{problem}\" is missing";
            return null;
        }

        return new ExecutionReport(
            jobId!, command!, (int)exitCode!.Value, stdout!, stderr!, start!.Value, duration!.Value,
            (uint)uid!.Value, user!)
        {
            Warning = warning,
            Signal = (int?)signal,
            TimedOut = timedOut,
            Refused = refused,
            Lost = lost,
            Sandbox = sandbox,
            RunId = runId,
            Attempt = (int?)attempt,
            StdoutBytes = outBytes,
            StderrBytes = errBytes,
            StdoutSha256 = stdoutSha256,
            StderrSha256 = stderrSha256,
            Unknown = unknown,
        };
    }

    // The whole numbers that every reader of JSON keeps exactly.
    private const long MaxWhole = (1L << 53) - 1;

    private static bool Text(ref Utf8JsonReader reader, ref string? value)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType != JsonTokenType.String)
            return false;
        value = reader.GetString();
        return true;
    }

    private static bool Whole(ref Utf8JsonReader reader, long least, long most, ref long? value, bool optional = false)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return optional;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < least || number > most)
            return false;
        value = number;
        return true;
    }

    private static bool Flag(ref Utf8JsonReader reader, ref bool? value)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            return false;
        value = reader.GetBoolean();
        return true;
    }

    private static bool Time(ref Utf8JsonReader reader, ref DateTimeOffset? value)
    {
        // RFC 3339 asks for an offset, which the reader of ISO 8601 does not.
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var time)
            || reader.GetString() is not { Length: > 19 } text || (text[^1] != 'Z' && text[^6] is not ('+' or '-'))
            || !ReportLimits.IsStart(time))
        {
            return false;
        }

        value = time;
        return true;
    }

    private static bool IsDigest(string? text)
    {
        if (text is null)
            return true;
        if (text.Length != 64)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
                return false;
        }

        return true;
    }
}
