using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Monitoring;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>The verdict on a chain in one line, and what it means for a single entry. Green only when every line was just verified and the host answers.</summary>
internal sealed record AuditBanner(string Text, string Scope, string Detail, long? FirstBad)
{
    /// <summary>Before a verification has ended.</summary>
    public static AuditBanner Verifying(long done, long all, bool ascii) => new(
        Format($"{StatusLook.Of(Status.Running).Mark(ascii)} verifying, {done} of {all} entries{(all > 0 ? Format($" ({Math.Min(done, all) * 100 / all}%)") : "")}"),
        "state.run", "Ctrl+C cancels.", null);

    /// <summary>After a verification was cancelled: nothing is claimed.</summary>
    public static AuditBanner Cancelled(bool ascii) => new(
        $"{StatusLook.Of(Status.Unknown).Mark(ascii)} not verified: it was cancelled", "state.unknown", "V verifies every entry of the copy.", null);

    /// <summary>Nothing was pulled, or the copy cannot be read.</summary>
    public static AuditBanner Unread(string why, string hint, bool ascii) => new($"{StatusLook.Of(Status.Unknown).Mark(ascii)} {why}", "state.unknown", hint, null);

    /// <summary>Nothing was pulled.</summary>
    public static AuditBanner None(bool ascii) => Unread("nothing was pulled from this host yet", "P pulls its chain; that needs the agent on the host.", ascii);

    /// <summary>After a verification of the copy.</summary>
    /// <param name="found">What it found.</param>
    /// <param name="head">The head as it is remembered now; later than the one verified when a pull came in between.</param>
    /// <param name="host">The host as it was seen last; null for one that is not in the fleet.</param>
    /// <param name="now">Now.</param>
    /// <param name="zone">Of the times.</param>
    /// <param name="ascii">Whether only ASCII may be shown.</param>
    public static AuditBanner Of(CopyVerification found, ChainHead head, HostRow? host, DateTimeOffset now, TimeZoneInfo zone, bool ascii)
    {
        var pulled = TimeZoneInfo.ConvertTime(head.PulledAt, zone);
        var seen = TimeText.Near(pulled, now);
        var age = Format($"head pulled {seen}, {TimeText.AgoWords(head.PulledAt, now)}");
        var bad = StatusLook.Of(Status.Fail).Mark(ascii);
        if (!found.Result.Verdict.IsGood())
        {
            var firstBad = AuditLink.FirstBad(found);
            var words = VerdictWords.Of(found.Result.Verdict.Word(), firstBad, found.Head.Seq, seen, found.Result.Message, ascii);
            return new AuditBanner($"{bad} {words}", "verdict.bad", Format($"{found.Result.Verified} entries before it are proven, what comes after is unproven; {age}"), firstBad);
        }
        if (found.Conflict is { } conflict)
        {
            var words = VerdictWords.Of(conflict.Verdict, conflict.Seq, head.Seq, seen, conflict.Message, ascii);
            return new AuditBanner($"{bad} {words}", "verdict.bad", $"On the host; the copy held here is whole. Both versions: {conflict.Directory}", conflict.Seq);
        }
        return host is { Status: Status.Offline or Status.Unknown } or { IsStale: true } or null
            ? new AuditBanner(Format($"{StatusLook.Of(Status.Offline).Mark(ascii)} verified copy to #{found.Head.Seq}, host unreachable"), "verdict.stale", age, null)
            : new AuditBanner(Format($"{StatusLook.Of(Status.Ok).Mark(ascii)} VERIFIED #0{(ascii ? '-' : '–')}#{found.Head.Seq}, head {found.Head.Hash[..8]}"), "verdict.ok", age, null);
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
