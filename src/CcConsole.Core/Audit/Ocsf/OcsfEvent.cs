using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CcConsole.Core.Audit.Ocsf;

/// <summary>
/// An entry as an event of the Open Cybersecurity Schema Framework, for collectors that take JSON lines. The classes, activities and required
/// attributes are those of its schema 1.7.0 (https://schema.ocsf.io/1.7.0/); what its classes have no attribute for goes under
/// <c>unmapped</c>. The line itself goes along as <c>raw_data</c>: its chain can be verified from the events alone.
/// </summary>
public static class OcsfEvent
{
    /// <summary>The version of the schema.</summary>
    public const string Schema = "1.7.0";

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Members that an attribute of the event says; all others are unmapped.
    private static readonly HashSet<string> Mapped =
    [
        "event", "timestamp", "v", "command", "command_b64", "exit_code", "duration_ms", "job_id", "run_id", "user", "uid", "pid", "reason",
    ];

    /// <summary>The event as one JSON object on one line, without a line feed.</summary>
    /// <param name="line">The entry, without its line feed.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="ofConsole">Whether the entry is of a console's own chain: it names the host that it is about, if any, and where the console runs.</param>
    public static byte[] Of(ReadOnlySpan<byte> line, string host, bool ofConsole = false)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArrayBufferWriter<byte> output = new(2048);
        using (Utf8JsonWriter json = new(output, OneLine))
            Write(json, line, host, ofConsole);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The event as one JSON object.</summary>
    /// <param name="json">Where it goes.</param>
    /// <param name="line">The entry, without its line feed.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="ofConsole">Whether the entry is of a console's own chain: it names the host that it is about, if any, and where the console runs.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> line, string host, bool ofConsole = false)
    {
        ArgumentNullException.ThrowIfNull(json);
        OcsfMembers entry = OcsfMembers.Read(line);
        OcsfKind kind = OcsfKind.Of(entry);
        string writer = ofConsole ? "cc-console" : "cc-agent";
        json.WriteStartObject();
        json.WriteNumber("category_uid", 1);
        json.WriteString("category_name", "System Activity");
        json.WriteNumber("class_uid", (int)kind.Class);
        json.WriteString("class_name", kind.ClassName);
        json.WriteNumber("activity_id", kind.Activity);
        json.WriteString("activity_name", kind.Name);
        json.WriteNumber("type_uid", kind.Type);
        json.WriteString("type_name", $"{kind.ClassName}: {kind.Name}");
        json.WriteNumber("severity_id", (int)kind.Severity);
        json.WriteString("severity", kind.Severity.ToString());
        json.WriteNumber("status_id", (int)kind.Status);
        json.WriteString("status", kind.Status.ToString());
        Optional(json, "status_detail", entry["reason"] ?? entry["refused"]);
        json.WriteNumber("time", Milliseconds(entry["timestamp"]));
        if (Number(entry["duration_ms"]) is { } duration)
            json.WriteNumber("duration", duration);
        json.WriteString("message", Message(entry));
        WriteMetadata(json, entry, writer);
        json.WriteStartObject("device");
        json.WriteString("hostname", ofConsole ? entry["host"] ?? entry["origin"] ?? host : host);
        json.WriteNumber("type_id", 0);
        json.WriteString("type", "Unknown");
        json.WriteEndObject();
        WriteActor(json, entry, writer);
        WriteSubject(json, kind, entry, writer);
        WriteRaw(json, line);
        json.WriteStartObject("unmapped");
        foreach ((string name, string value) in entry.All)
        {
            if (!Mapped.Contains(name))
                json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter json, OcsfMembers entry, string writer)
    {
        json.WriteStartObject("metadata");
        json.WriteString("version", Schema);
        json.WriteStartObject("product");
        json.WriteString("name", "CcConsole");
        json.WriteString("vendor_name", "CcConsole");
        json.WriteEndObject();
        json.WriteString("log_provider", writer);
        Optional(json, "log_name", entry["chain"]);
        Optional(json, "event_code", entry["event"]);
        Optional(json, "uid", entry["hash"]);
        Optional(json, "original_time", entry["timestamp"]);
        if (Number(entry["seq"]) is >= 0 and <= int.MaxValue and var sequence)
            json.WriteNumber("sequence", sequence);
        json.WriteEndObject();
    }

    // Who: the person behind an edit, the user of a run, or the agent or console by itself.
    private static void WriteActor(Utf8JsonWriter json, OcsfMembers entry, string writer)
    {
        json.WriteStartObject("actor");
        if ((entry["actor"] ?? entry["user"]) is { } name)
            WriteUser(json, name, entry["actor"] is null ? entry["uid"] : null);
        else
            json.WriteString("app_name", writer);
        json.WriteEndObject();
    }

    private static void WriteSubject(Utf8JsonWriter json, OcsfKind kind, OcsfMembers entry, string writer)
    {
        string? command = entry["command"] ?? entry["command_b64"];
        switch (kind.Class)
        {
            case OcsfClass.ScheduledJobActivity:
                json.WriteStartObject("job");
                json.WriteString("name", entry["job_id"] ?? entry["table"] ?? "crontab");
                Optional(json, "cmd_line", command);
                WriteFile(json, entry["table"]);
                if (entry["user"] is { } owner)
                    WriteUser(json, owner, entry["uid"]);
                json.WriteEndObject();
                break;
            case OcsfClass.ProcessActivity:
                if (Number(entry["exit_code"]) is { } code)
                    json.WriteNumber("exit_code", code);
                json.WriteStartObject("process");
                // The run's id holds its start and its end together; where there is none, the entry's hash names this one.
                json.WriteString("uid", entry["run_id"] ?? entry["hash"] ?? "");
                json.WriteString("name", entry["job_id"] ?? "");
                Optional(json, "cmd_line", command);
                if (Number(entry["pid"]) is { } pid)
                    json.WriteNumber("pid", pid);
                if (entry["user"] is { } user)
                    WriteUser(json, user, entry["uid"]);
                json.WriteEndObject();
                break;
            default:
                Optional(json, "log_name", entry["chain"]);
                json.WriteString("log_provider", writer);
                break;
        }
    }

    // A table of a user has a name and no path that every cron knows.
    private static void WriteFile(Utf8JsonWriter json, string? table)
    {
        json.WriteStartObject("file");
        json.WriteString("name", table is null ? "crontab" : table[(table.LastIndexOf('/') + 1)..]);
        json.WriteNumber("type_id", table is null ? 0 : 1);
        json.WriteString("type", table is null ? "Unknown" : "Regular File");
        if (table is ['/', ..])
            json.WriteString("path", table);
        json.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter json, string name, string? uid)
    {
        json.WriteStartObject("user");
        json.WriteString("name", name);
        Optional(json, "uid", uid);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> line)
    {
        json.WriteString("raw_data", Encoding.UTF8.GetString(line));
        json.WriteNumber("raw_data_size", line.Length);
        json.WriteStartObject("raw_data_hash");
        json.WriteNumber("algorithm_id", 3);
        json.WriteString("algorithm", "SHA-256");
        json.WriteString("value", Sha256.Hash(line).ToString());
        json.WriteEndObject();
    }

    private static string Message(OcsfMembers entry)
    {
        StringBuilder message = new(entry["event"] ?? "entry");
        void Say(string words, string? value)
        {
            if (value is not null)
                message.Append(words).Append(value);
        }

        Say(" ", entry["job_id"] ?? entry["table"]);
        Say(" by ", entry["actor"] ?? entry["user"]);
        Say(", exit ", entry["exit_code"]);
        Say(": ", entry["reason"] ?? entry["refused"]);
        return message.ToString();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static long Milliseconds(string? timestamp) =>
        double.TryParse(timestamp, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 253_402_300_799 ? (long)Math.Floor(Math.Round(seconds * 1_000_000) / 1000) : 0;
}
