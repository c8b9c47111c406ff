using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using CcConsole.Core.Audit.Segments;

namespace CcAgent.Verbs;

/// <summary>`audit verify` and `audit show`.</summary>
internal static class AuditVerb
{
    /// <summary>Verifies the chain over all segments, against the remembered head, and that every torn end is attested.</summary>
    internal static int Verify(VerbArguments arguments)
    {
        var places = arguments.Places;
        SecureDirectory.Require(places.Data, places.Owner);
        // Before the head is read: a daemon that begins a log remembers it first.
        var been = ChainTail.HasBeen(places.AuditState);
        var snapshot = ChainSnapshot.Take(places);
        var head = snapshot.Head;
        var remembered = head is null or { Seq: < 0 } ? null : new RememberedHead(head.Seq + 1, head.Hash) { ByHost = true };
        using var chain = new SegmentedChainStream(snapshot.Segments);
        var result = ChainVerifier.Verify(chain, remembered);
        var alarms = new List<string>(new AlarmFile(places.AuditState).Read());
        if (head is null && chain.Bytes > 0)
            alarms.Add(ChainTail.HeadGone);
        else if (head is null && been)
            alarms.Add(ChainTail.LogGone);
        alarms.AddRange(snapshot.Planted.Select(name => $"{name} is empty though the entries that it would hold are elsewhere: the agent did not make it, and its readers take it for the end of the segment before"));
        var finding = new VerifyFinding
        {
            Result = result,
            Anchor = remembered is null ? null : new ChainAnchor(AnchorSource.Host, remembered),
            NotAttested = chain.NotAttested,
            Alarms = alarms,
        };
        if (arguments.Json)
            StandardStreams.WriteLine(StandardStreams.Output, Json(places.Audit, finding));
        else
            StandardStreams.WriteLine(StandardStreams.Output, string.Join('\n', finding.Lines(PlainText.Of(places.Audit), brief: false, PlainText.Of)));
        return finding.ExitCode();
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

    private static string Json(string directory, VerifyFinding finding)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("dir", directory);
            finding.Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
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
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return "(not an entry: cc-agent audit verify)";
        }
    }
}
