using System.Text.Json;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary>Heads and entries as text and as JSON.</summary>
internal static class AuditOutput
{
    public static void Write(Utf8JsonWriter json, ChainHead head)
    {
        json.WriteString("chain", head.Chain);
        json.WriteNumber("seq", head.Seq);
        json.WriteString("hash", head.Hash);
        json.WriteString("genesis_hash", head.GenesisHash);
        json.WriteString("host_key", head.HostKey);
        json.WriteString("pulled_at", head.PulledAt);
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

    public static string Age(ChainHead head) => $"as of {TimeText.Seconds(head.PulledAt)}";
}
