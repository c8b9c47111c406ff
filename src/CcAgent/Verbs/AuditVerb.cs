using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core.Audit;

namespace CcAgent.Verbs;

/// <summary>`audit verify` and `audit show`.</summary>
internal static class AuditVerb
{
    /// <summary>Verifies the chain over all segments, against the remembered head, and that every torn end is attested.</summary>
    internal static int Verify(VerbArguments arguments)
    {
        var places = arguments.Places;
        SecureDirectory.Require(places.Data, places.Owner);
        var head = HeadFile.Read(places.AuditState + "/head");
        var remembered = head is null ? null : new RememberedHead(head.Seq + 1, head.Hash);
        VerifyResult result;
        using (var chain = new ChainLineStream(places.Audit))
            result = ChainVerifier.Verify(chain, remembered);
        var torn = TornEnds.NotAttested(places.Audit);
        var alarms = new List<string>(new AlarmFile(places.AuditState).Read());
        if (head is null && Segments.In(places.Audit).Exists(s => s.Bytes > 0))
            alarms.Add(ChainTail.HeadGone);
        var findings = new AuditFindings(
            places.Audit, result.Entries, result.Head?.ToString() ?? "", result.Verdict.Word(), result.FirstBad, result.Message, torn, alarms);
        if (arguments.Json)
            StandardStreams.WriteLine(StandardStreams.Output, JsonSerializer.Serialize(findings, AuditJson.Default.AuditFindings));
        else
            StandardStreams.WriteLine(StandardStreams.Output, Describe(findings));
        var code = result.Verdict.ExitCode();
        return code != 0 ? code : torn.Count > 0 || alarms.Count > 0 ? 1 : 0;
    }

    /// <summary>Prints the entries; with --json each line as it lies in the log.</summary>
    internal static int Show(VerbArguments arguments)
    {
        var places = arguments.Places;
        SecureDirectory.Require(places.Data, places.Owner);
        var bound = JournalBounds.Of(places).Entries;
        using var cursor = new JournalCursor(places.Audit, arguments.Limit is { } last && bound != long.MaxValue ? Math.Max(0, bound - last) : 0);
        while (cursor.Seq < bound && cursor.Next() is { IsEmpty: false } line)
        {
            var text = arguments.Json ? line : Encoding.UTF8.GetBytes(Entry(line[..^1]) + "\n");
            if (!StandardStreams.WriteAll(StandardStreams.Output, text))
                break;
        }

        return 0;
    }

    private static string Describe(AuditFindings findings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{findings.Verdict}  {findings.Entries} entries, head {findings.Head}\n{findings.Message}");
        foreach (var torn in findings.TornEnds)
            text.Append("\nTORN  ").Append(torn);
        foreach (var alarm in findings.Alarms)
            text.Append("\nALARM  ").Append(PlainText.Of(alarm));
        return text.ToString();
    }

    private static string Entry(ReadOnlySpan<byte> line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line.ToArray());
            var root = entry.RootElement;
            var time = DateTimeOffset.UnixEpoch.AddSeconds(root.GetProperty("timestamp").GetDouble());
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{root.GetProperty("seq").GetInt64(),6}  {time:yyyy-MM-dd'T'HH:mm:ss'Z'}  {PlainText.Of(root.GetProperty("event").GetString()),-16}");
            foreach (var member in root.EnumerateObject())
            {
                if (member.Name is not ("seq" or "timestamp" or "event" or "chain" or "hash" or "prev_hash" or "mono_us" or "v" or "diff"))
                    text.Append(' ').Append(PlainText.Of(member.Name)).Append('=').Append(PlainText.Of(member.Value.ToString()));
            }

            return text.ToString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return "(not an entry: cc-agent audit verify)";
        }
    }
}

/// <summary>What a verification found, as it is printed.</summary>
/// <param name="Dir">The log's directory.</param>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Head">The hash of the last good one.</param>
/// <param name="Verdict">The finding.</param>
/// <param name="FirstBad">The 1-based entry at which it is made; null when good.</param>
/// <param name="Message">The finding in words.</param>
/// <param name="TornEnds">Ends of segments that belong to no entry and that none attests.</param>
/// <param name="Alarms">What the daemon found when it opened the log.</param>
internal sealed record AuditFindings(
    string Dir, long Entries, string Head, string Verdict, [property: JsonPropertyName("first_bad")] long? FirstBad, string Message,
    [property: JsonPropertyName("torn_ends")] IReadOnlyList<string> TornEnds, IReadOnlyList<string> Alarms);

/// <summary>The JSON form of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditFindings))]
internal sealed partial class AuditJson : JsonSerializerContext;
