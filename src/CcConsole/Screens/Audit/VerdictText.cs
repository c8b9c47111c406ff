using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Monitoring;

namespace CcConsole.Screens;

/// <summary>What is known of a host's chain, and of when, in few columns. Green only for what was verified and whose host answers now.</summary>
/// <param name="Text">Glyph and words.</param>
/// <param name="Scope">Its scope in the theme.</param>
internal readonly record struct VerdictText(string Text, string Scope)
{
    /// <summary>The verdict that means that all is well.</summary>
    public const string Good = "OK";

    /// <summary>Of a host of the fleet, with the age of what is known.</summary>
    public static VerdictText Of(HostRow host, DateTimeOffset now, bool ascii)
    {
        if (host.Audit is { Conflict: { } conflict })
            return new VerdictText($"{StatusLook.Of(Status.Fail).Mark(ascii)} {conflict.Verdict} {TimeText.Ago(conflict.FoundAt, now)}", "verdict.bad");
        if (host.Head is not { } head)
            return new VerdictText($"{StatusLook.Of(Status.Unknown).Mark(ascii)} not pulled", "state.unknown");
        var age = TimeText.Ago(head.HasEnded ? head.PulledAt : head.LastSeen, now);
        if (host.Audit is { IsOverdue: true } overdue)
            return new VerdictText($"{StatusLook.Of(Status.Late).Mark(ascii)} OVERDUE {(overdue.CheckpointAge is { } signed ? TimeText.Span(signed) : age)}", "verdict.stale");
        if (host.HasConflict || host.Verdict != Good)
            return new VerdictText($"{StatusLook.Of(Status.Fail).Mark(ascii)} {(host.Verdict == Good ? "CONFLICT" : host.Verdict)} {age}", "verdict.bad");
        var seq = head.Seq.ToString(CultureInfo.InvariantCulture);
        return host.Status is Status.Offline or Status.Unknown || host.IsStale || host.Audit is { IsStale: true }
            ? new VerdictText($"{StatusLook.Of(Status.Offline).Mark(ascii)} #{seq} {age}", "verdict.stale")
            : new VerdictText($"{StatusLook.Of(Status.Ok).Mark(ascii)} #{seq} {age}", "verdict.ok");
    }
}
