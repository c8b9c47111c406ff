using System.Text.Json;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary>Heads and entries as text and as JSON.</summary>
internal static class AuditOutput
{
    public static void Write(Utf8JsonWriter json, AuditState state)
    {
        json.WriteString("words", state.Words);
        json.WriteBoolean("stale", state.IsStale);
        Seconds(json, "age_seconds", state.Age);
        Seconds(json, "checkpoint_age_seconds", state.CheckpointAge);
        Seconds(json, "compared_age_seconds", state.ComparedAge);
        json.WriteString("evidence", state.Conflict?.Directory);
    }

    /// <summary>When all that the host had was last taken.</summary>
    public static void WritePulled(Utf8JsonWriter json, ChainHead head)
    {
        if (head.HasEnded) json.WriteString("pulled_at", head.PulledAt);
        else json.WriteNull("pulled_at");
    }

    private static void Seconds(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } span) json.WriteNumber(name, (long)span.TotalSeconds);
        else json.WriteNull(name);
    }

    public static void Write(Utf8JsonWriter json, ChainHead head)
    {
        json.WriteString("chain", head.Chain);
        json.WriteNumber("seq", head.Seq);
        json.WriteString("hash", head.Hash);
        json.WriteString("genesis_hash", head.GenesisHash);
        json.WriteString("host_key", head.HostKey);
        WritePulled(json, head);
        if (head.CheckpointSeq is { } checkpoint) json.WriteNumber("checkpoint_seq", checkpoint);
        if (head.CheckpointAt is { } signed) json.WriteString("checkpoint_at", signed);
        if (head.ComparedAt is { } compared) json.WriteString("compared_at", compared);
        if (head.Archive is { } archive) json.WriteString("archive", archive);
    }

    public static void Write(Utf8JsonWriter json, AuditRow row)
    {
        json.WriteNumber("seq", row.Seq);
        if (row.Time is { } time) json.WriteString("time", time);
        json.WriteString("event", row.Event);
        json.WriteString("actor", row.Actor);
        json.WriteString("target", row.Target);
        json.WriteString("hash", row.Hash);
        json.WriteString("prev_hash", row.PreviousHash);
    }

    /// <summary>
    /// Says on standard error what contradicts the copies that are shown: entries that look good are not to hide that their host is red. Gives the exit code.
    /// </summary>
    public static int TellConflicts(VerbContext context, IEnumerable<ChainConflict> open)
    {
        int code = Verb.Good;
        foreach (ChainConflict conflict in open)
        {
            code = Verb.Findings;
            context.Error.WriteLine($"✗ the copy of {Plain.Text(conflict.Host)} is contradicted: {Plain.Text(Resolution.Finding(conflict))}");
            context.Error.WriteLine($"  next: compare both versions in {Plain.Text(conflict.Directory)}, then cc-console audit resolve {Plain.Text(conflict.Host)}");
        }
        return code;
    }

    public static void Write(Utf8JsonWriter json, ChainConflict conflict)
    {
        json.WriteString("verdict", conflict.Verdict);
        json.WriteNumber("seq", conflict.Seq);
        json.WriteString("message", conflict.Message);
        json.WriteString("evidence", conflict.Directory);
    }

    /// <summary>What is to be said of a host that has no copy in use.</summary>
    public static string NoCopy(AuditState state) => state.IsBad || state.SetAsideAt is not null ? state.Words : $"no copy: {state.Words}";

    public static string Age(ChainHead head) => head.HasEnded ? $"as of {TimeText.Seconds(head.PulledAt)}" : "whose first pull has not ended";
}
