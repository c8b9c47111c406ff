using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Monitoring;

namespace CcConsole.Screens;

/// <summary>What is known of a host's chain, in few columns. Green only for what was verified and whose host answers now.</summary>
/// <param name="Text">Glyph and words.</param>
/// <param name="Scope">Its scope in the theme.</param>
internal readonly record struct VerdictText(string Text, string Scope)
{
    /// <summary>The verdict that means that all is well.</summary>
    public const string Good = "OK";

    /// <summary>Of a host of the fleet.</summary>
    public static VerdictText Of(HostRow host, bool ascii)
    {
        if (host.Head is not { } head)
            return new VerdictText($"{StatusLook.Of(Status.Unknown).Mark(ascii)} not pulled", "state.unknown");
        if (host.HasConflict || head.Verdict != Good)
            return new VerdictText($"{StatusLook.Of(Status.Fail).Mark(ascii)} {(head.Verdict == Good ? "CONFLICT" : head.Verdict)}", "verdict.bad");
        var seq = head.Seq.ToString(CultureInfo.InvariantCulture);
        return host.Status is Status.Offline or Status.Unknown || host.IsStale
            ? new VerdictText($"{StatusLook.Of(Status.Offline).Mark(ascii)} to #{seq}", "verdict.stale")
            : new VerdictText($"{StatusLook.Of(Status.Ok).Mark(ascii)} #{seq}", "verdict.ok");
    }
}
