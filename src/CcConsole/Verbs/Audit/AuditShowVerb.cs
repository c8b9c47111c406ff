using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit show</c>: one entry of a host's verified copy, whole, with what proves it.</summary>
internal static class AuditShowVerb
{
    private static readonly Argument<long?> Seq = new("SEQ") { Description = "The entry's number; the newest when not given", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create() => FleetVerb.Create(
        "show", "Show one entry of a host's verified copy, whole, and what proves it, verified now; exit 1 when something is wrong with that, or the entry is contradicted",
        "cc-console audit show web01 41", RunAsync, FleetVerb.Host, Seq);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = AuditHost.Of(context, fleet);
        EntryProof proof = fleet.Audit.Evidence.Prove(host, fleet.Audit.Entry(host, context.Get(Seq) ?? fleet.Audit.Head(host).Seq), context.Stop);
        IReadOnlyList<ChainConflict> conflicts = fleet.Audit.Conflicts(host);
        // What lies before the place where the two part is the same on both sides.
        List<ChainConflict> against = [.. conflicts.Where(conflict => conflict.IsOfEntries && conflict.Seq <= proof.Row.Seq)];
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("host", host);
                // A JSON object already, printed as it is: .NET's reader would not take half a surrogate pair. A line that is not whole can be anything: it is text.
                if (proof.Line.Verdict.IsGood())
                {
                    json.WritePropertyName("entry");
                    json.WriteRawValue(proof.Row.Line.Span, skipInputValidation: true);
                }
                else
                {
                    json.WriteString("entry", JsonEncodedText.Encode(proof.Row.Text()));
                }
                WriteProof(json, proof);
                json.WriteStartArray("contradicted_by");
                foreach (ChainConflict conflict in against)
                {
                    json.WriteStartObject();
                    AuditOutput.Write(json, conflict);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
        }
        else
        {
            WriteEntry(context, proof);
            foreach (string line in Words(proof)) context.Output.WriteLine($"  {line}");
            foreach (ChainConflict conflict in against)
                context.Output.WriteLine($"  ✗ {Plain.Text(conflict.Verdict)}: {(conflict.Seq == proof.Row.Seq ? "this entry is contradicted" : $"the copy is contradicted from #{conflict.Seq} on")}");
            context.Output.WriteLine($"copy verified to #{proof.Head.Seq}, verdict {Plain.Text(proof.Head.Verdict)}, {AuditOutput.Age(proof.Head)}");
        }
        AuditOutput.TellConflicts(context, conflicts);
        return Task.FromResult(proof.IsGood && against.Count == 0 ? Verb.Good : Verb.Findings);
    }

    private static void WriteEntry(VerbContext context, EntryProof proof)
    {
        AuditRow row = proof.Row;
        context.Output.WriteLine($"#{row.Seq} of {proof.Head.Seq}  {Plain.Text(row.Event)}  {TimeText.Seconds(row.Time)}");
        if (row.Words.Length > 0) context.Output.WriteLine($"  {Plain.Text(row.Words)}");
        if (Members(row.Line) is not { } members)
        {
            context.Output.WriteLine($"  no JSON object as an agent writes it; the line: {Plain.Text(row.Text())}");
            return;
        }
        foreach ((string name, string text, bool lines) in members)
        {
            context.Output.WriteLine($"  {Plain.Text(name),-16} {(lines ? "" : Plain.Text(text))}");
            if (lines) context.Output.Write(Plain.Lines(text.EndsWith('\n') ? text : $"{text}\n"));
        }
    }

    /// <summary>The members of an entry and whether one's text is several lines; null of a line that is none, as one that was edited in the cache.</summary>
    private static List<(string Name, string Text, bool Lines)>? Members(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            return [.. entry.RootElement.EnumerateObject().Select(member => member.Value.ValueKind == JsonValueKind.String
                ? (member.Name, TextOf(member.Value), member.Name is "diff" or "note") : (member.Name, member.Value.GetRawText(), false))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Words(EntryProof proof)
    {
        AuditRow row = proof.Row;
        yield return !proof.Line.Verdict.IsGood() ? $"✗ {proof.Line.Verdict.Word()}: {WrongWith(proof)}"
            : row.Seq == proof.Head.First && row.Seq > 0 ? $"✓ its hash is that of the line; the copy begins with it, so that what it follows is not held here"
            : row.Seq == 0 ? "✓ its hash is that of the line; it is the chain's first entry"
            : $"✓ its hash is that of the line, and it follows #{row.Seq - 1}";
        if (proof.Checkpoint is { } checkpoint)
        {
            yield return $"✓ checkpoint #{checkpoint.Row.Seq} of {TimeText.Seconds(checkpoint.Row.Time)} covers it: {checkpoint.Path.Path.Count} hashes lead to the signed root of {checkpoint.Size} entries";
            yield return $"✓ signed by key {Id(checkpoint)}, announced in #{checkpoint.Announced}; "
                + (checkpoint.WholeRatchet ? "every step from the chain's first key was verified with it" : "the many steps from the chain's first key to it were not verified again (audit verify does)");
        }
        else if (proof.Finding is not null)
        {
            yield return "○ no usable checkpoint proves it";
        }
        else
        {
            yield return proof.IsLastCheckpoint
                ? $"○ it is the last checkpoint: its signature over #0 to #{row.Seq - 1} was verified now; the rest of its own line, such as its time, only the next one signs; it is linked to the head #{proof.Head.Seq}"
                : proof.IsSigned ? $"○ no checkpoint covers it yet: it is linked to the head #{proof.Head.Seq}, and no key signs it"
                : $"○ nothing in this chain proves it by a signature: it is linked to the head #{proof.Head.Seq}";
        }
        if (proof.Finding is { } finding) yield return $"✗ {Plain.Text(finding)}: from there on no signature counts";
    }

    private static string WrongWith(EntryProof proof) => proof.Line.Verdict switch
    {
        Verdict.Hash => "the line is not whole: it was changed after it was written",
        Verdict.Gap => "the copy does not hold the line before it",
        Verdict.Link or Verdict.Duplicate => "the line does not follow the one before it",
        _ => "the line is no entry as an agent writes it",
    };

    private static void WriteProof(Utf8JsonWriter json, EntryProof proof)
    {
        json.WriteStartObject("proof");
        json.WriteString("line", proof.Line.Verdict.IsGood() ? Verdict.Ok.Word() : proof.Line.Verdict.Word());
        json.WriteString("finding", proof.Finding);
        json.WriteStartObject("head");
        AuditOutput.Write(json, proof.Head);
        json.WriteEndObject();
        if (proof.Checkpoint is { } checkpoint)
        {
            json.WriteStartObject("checkpoint");
            json.WriteNumber("seq", checkpoint.Row.Seq);
            if (checkpoint.Row.Time is { } time) json.WriteString("time", time);
            json.WriteNumber("size", checkpoint.Size);
            json.WriteString("root", checkpoint.Root.ToString());
            json.WriteString("vkey", checkpoint.Key.Text);
            json.WriteNumber("announced", checkpoint.Announced);
            json.WriteBoolean("whole_ratchet", checkpoint.WholeRatchet);
            json.WriteEndObject();
            json.WriteString("leaf", checkpoint.Leaf.ToString());
            json.WriteStartArray("path");
            foreach (Hash32 hash in checkpoint.Path.Path) json.WriteStringValue(hash.ToString());
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("checkpoint");
        }
        json.WriteEndObject();
    }

    private static string Id(CheckpointProof checkpoint) => checkpoint.Key.Id.ToString("x8", CultureInfo.InvariantCulture);

    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair has no text: its escape is shown.
            return value.GetRawText();
        }
    }
}
