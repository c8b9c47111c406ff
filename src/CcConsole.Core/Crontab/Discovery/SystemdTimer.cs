namespace CcConsole.Core.Crontab.Discovery;

/// <summary>A timer of systemd (systemd.timer(5)). It is shown, never changed.</summary>
/// <param name="Unit">Its name: <c>apt-daily.timer</c>.</param>
/// <param name="Activates">The unit that it starts.</param>
/// <param name="Owner">The user whose service manager it belongs to; null for the system's.</param>
/// <param name="Description">The unit's own words; may be empty.</param>
/// <param name="Triggers">When, as written: <c>OnCalendar=*-*-* 06:00:00</c>.</param>
/// <param name="NextRun">When it elapses next; null when it does not, or the host does not tell.</param>
/// <param name="LastRun">When it elapsed last; null when it has not.</param>
/// <param name="Command">What the unit runs; empty where it is not known.</param>
/// <param name="User">As whom.</param>
/// <param name="Ignored">Why it does not run (not active, masked …); null when it does.</param>
public sealed record SystemdTimer(
    string Unit, string Activates, string? Owner, string Description, IReadOnlyList<string> Triggers,
    DateTimeOffset? NextRun, DateTimeOffset? LastRun, string Command, string User, string? Ignored);
