using System.CommandLine;
using System.Text.Json;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit show</c>: one entry of a host's verified copy, whole.</summary>
internal static class AuditShowVerb
{
    private static readonly Argument<long?> Seq = new("SEQ") { Description = "The entry's number; the newest when not given", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create() => FleetVerb.Create(
        "show", "Show one entry of a host's verified copy, whole", "cc-console audit show web01 41", RunAsync, FleetVerb.Host, Seq);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = context.Get(FleetVerb.Host);
        var head = fleet.Audit.Head(host);
        AuditRow row = fleet.Audit.Entry(host, context.Get(Seq) ?? head.Seq);
        if (context.Json)
        {
            // The entry is a JSON object already: it is printed as it is.
            context.WriteData(row.Text().TrimEnd('\n'));
            return Task.FromResult(Verb.Good);
        }
        context.Output.WriteLine($"#{row.Seq} of {head.Seq}  {Plain.Text(row.Event)}  {TimeText.Seconds(row.Time)}");
        if (row.Words.Length > 0) context.Output.WriteLine($"  {Plain.Text(row.Words)}");
        using (JsonDocument entry = JsonDocument.Parse(row.Line))
        {
            foreach (JsonProperty member in entry.RootElement.EnumerateObject())
            {
                bool lines = member.Value.ValueKind == JsonValueKind.String && member.Name == "diff";
                string text = member.Value.ValueKind == JsonValueKind.String && !lines ? TextOf(member.Value) : member.Value.GetRawText();
                context.Output.WriteLine($"  {Plain.Text(member.Name),-16} {(lines ? "" : Plain.Text(text))}");
                if (lines) context.Output.Write(Plain.Lines(TextOf(member.Value)));
            }
        }
        context.Output.WriteLine($"copy verified to #{head.Seq}, verdict {Plain.Text(head.Verdict)}, {AuditOutput.Age(head)}");
        return Task.FromResult(Verb.Good);
    }

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
