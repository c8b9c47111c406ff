using System.Text.Json;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;

namespace CcConsole.Verbs.Changes;

/// <summary>What the journal knows of a change of one host, as text and as JSON.</summary>
internal static class ChangeRecordOutput
{
    public static string State(ChangeRecord change) => change switch
    {
        { IsRunning: true } => "running",
        { Outcome: null } => "interrupted",
        { Outcome: ChangeOutcome.Applied, UndoneBy: { } undo } => $"undone by {undo}",
        _ => change.Outcome.Value.ToString().ToLowerInvariant(),
    };

    public static void Write(Utf8JsonWriter json, ChangeRecord change)
    {
        json.WriteString("number", change.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("begun", change.BegunAt);
        json.WriteString("actor", change.Actor);
        json.WriteString("host", change.Host);
        json.WriteString("table", change.Table);
        json.WriteString("description", change.Description);
        json.WriteString("outcome", change.Outcome?.ToString().ToLowerInvariant() ?? State(change));
        json.WriteString("message", change.Message);
        if (change.AuditSeq is { } seq) json.WriteNumber("audit_seq", seq);
        if (change.Batch is { } plan) json.WriteString("plan", $"p{plan}");
        if (change.Undoes is { } undoes) json.WriteNumber("undoes", undoes);
        if (change.UndoneBy is { } undoneBy) json.WriteNumber("undone_by", undoneBy);
        json.WriteString("diff", TableDiff.Between(change.Before.Span, change.After.Span).ToText());
    }
}
