using System.Text.Json;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;

namespace CcConsole.Verbs.Jobs;

/// <summary>A plan and what became of it, as text and as JSON.</summary>
internal static class ChangeOutput
{
    public static void Write(TextWriter words, ChangePlan plan)
    {
        words.WriteLine($"{Plain.Text(plan.Host)}: {Plain.Text(plan.Description)} ({Plain.Text(plan.Table.Words)})");
        words.Write(Plain.Lines(plan.Diff.ToText()));
        foreach (string warning in plan.Warnings) words.WriteLine($"! {Plain.Text(warning)}");
    }

    public static void Write(TextWriter words, ChangeResult result)
    {
        string host = Plain.Text(result.Plan.Host);
        words.WriteLine(result.IsApplied
            ? $"✓ {host}: crontab written, verified{(result.AuditSeq is { } seq ? $", audit #{seq}" : "")}; undo: cc-console job undo {result.Change}"
            : $"✗ {Named(host, Plain.Text(result.Message ?? result.Outcome.ToString()))}");
        if (result.IsApplied && result.Message is { } warning) words.WriteLine($"    {Plain.Text(warning)}");
        if (result.Hint is { Length: > 0 } hint) words.WriteLine($"    next: {Plain.Text(hint)}");
        if (!result.IsConflict) return;
        words.WriteLine("    what someone else changed since the table was read:");
        words.Write(Plain.Lines(TableDiff.Between(result.Plan.Before.Span, result.Current!.Value.Span).ToText()));
    }

    /// <summary>What became of a change in whose middle the console died, or lost the host for longer.</summary>
    public static string Interrupted(ChangeRecord change) => $"{change.Host}: change {change.Id} ({change.Description}) was interrupted; " + change.Outcome switch
    {
        ChangeOutcome.Applied => $"the table is the new one; undo: cc-console job undo {change.Id}",
        ChangeOutcome.Failed => "the table is the old one: nothing was changed",
        _ => "the table is neither the old nor the new one: someone else has changed it since",
    };

    public static void Write(Utf8JsonWriter json, ChangePlan plan, ChangeResult? result)
    {
        json.WriteString("host", plan.Host);
        json.WriteString("table", plan.Table.Name);
        json.WriteString("description", plan.Description);
        json.WriteString("job", plan.JobId);
        json.WriteString("before_sha256", plan.BeforeSha256);
        json.WriteString("diff", plan.Diff.ToText());
        WriteWarnings(json, plan.Warnings);
        json.WriteString("outcome", result?.Outcome.ToString().ToLowerInvariant() ?? "planned");
        if (result?.Change is { } change) json.WriteNumber("change", change);
        if (result?.AuditSeq is { } seq) json.WriteNumber("audit_seq", seq);
        json.WriteString("message", result?.Message);
        json.WriteString("hint", result?.Hint);
    }

    public static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<string> warnings)
    {
        json.WriteStartArray("warnings");
        foreach (string warning in warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    /// <summary>Most messages begin with the host's name.</summary>
    private static string Named(string host, string message) => message.StartsWith($"{host}: ", StringComparison.Ordinal) ? message : $"{host}: {message}";
}
