using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Monitoring;

namespace CcConsole.Screens;

/// <summary>The verdict on a chain in one line, and what it means for a single entry. Green only when every line was just verified and the host answers.</summary>
internal sealed record AuditBanner(string Text, string Scope, string Detail, long? FirstBad)
{
    /// <summary>Before a verification has ended.</summary>
    public static AuditBanner Verifying(long done, bool ascii) => new(
        string.Create(CultureInfo.InvariantCulture, $"{StatusLook.Of(Status.Running).Mark(ascii)} verifying, {done} entries so far"), "state.run", "", null);

    /// <summary>Nothing was pulled.</summary>
    public static AuditBanner None(bool ascii) => new(
        $"{StatusLook.Of(Status.Unknown).Mark(ascii)} nothing was pulled from this host yet", "state.unknown", "P pulls its chain; that needs the agent on the host.", null);

    /// <summary>After a verification of the copy.</summary>
    public static AuditBanner Of(CopyVerification found, HostRow? host, DateTimeOffset now, TimeZoneInfo zone, bool ascii)
    {
        var head = found.Head;
        var pulled = TimeZoneInfo.ConvertTime(head.PulledAt, zone);
        var age = Format($"head pulled {TimeText.Near(pulled, now)}, {TimeText.AgoWords(head.PulledAt, now)}");
        var bad = StatusLook.Of(Status.Fail).Mark(ascii);
        var firstBad = found.Result.FirstBad - 1;
        if (!found.Result.Verdict.IsGood())
        {
            var word = found.Result.Verdict switch
            {
                Verdict.Hash => Format($"TAMPERED at #{firstBad}: stored {(ascii ? "!=" : "≠")} computed"),
                Verdict.Rollback => Format($"ROLLBACK: head older than #{head.Seq} seen {TimeText.Near(pulled, now)}"),
                var verdict => Format($"{verdict.Word()} at #{firstBad}: {found.Result.Message}"),
            };
            return new AuditBanner($"{bad} {word}", "verdict.bad", Format($"{found.Result.Verified} entries before it are proven, what comes after is unproven; {age}"), firstBad);
        }
        if (found.Conflict is { } conflict)
        {
            var word = conflict.Verdict switch
            {
                "ROLLBACK" => Format($"ROLLBACK: head older than #{head.Seq} seen {TimeText.Near(pulled, now)}"),
                "HASH" => Format($"TAMPERED at #{conflict.Seq}: stored {(ascii ? "!=" : "≠")} computed"),
                var verdict => Format($"{verdict} at #{conflict.Seq}: {conflict.Message}"),
            };
            return new AuditBanner($"{bad} {word}", "verdict.bad", $"On the host; the copy held here is whole. Both versions: {conflict.Directory}", conflict.Seq);
        }
        return host is { Status: Status.Offline or Status.Unknown } or { IsStale: true } or null
            ? new AuditBanner(Format($"{StatusLook.Of(Status.Offline).Mark(ascii)} verified copy to #{head.Seq}, host unreachable"), "verdict.stale", age, null)
            : new AuditBanner(Format($"{StatusLook.Of(Status.Ok).Mark(ascii)} VERIFIED #0{(ascii ? '-' : '–')}#{head.Seq}, head {head.Hash[..8]}"), "verdict.ok", age, null);
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
