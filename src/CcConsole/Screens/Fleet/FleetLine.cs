using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Monitoring;

namespace CcConsole.Screens;

/// <summary>A host as the list of hosts shows it: all texts made.</summary>
internal sealed record FleetLine
{
    private FleetLine(HostRow host) => Host = host;

    /// <summary>The host.</summary>
    public HostRow Host { get; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string StateScope { get; init; }

    /// <summary>The scope of the row: dimmed while what is shown is old.</summary>
    public required string? RowScope { get; init; }

    /// <summary>Its tags.</summary>
    public required string Tags { get; init; }

    /// <summary>How many jobs.</summary>
    public required string Jobs { get; init; }

    /// <summary>Failures in 24 hours.</summary>
    public required string Failures { get; init; }

    /// <summary>Late jobs.</summary>
    public required string Late { get; init; }

    /// <summary>The next run.</summary>
    public required string Next { get; init; }

    /// <summary>When it answered last.</summary>
    public required string Contact { get; init; }

    /// <summary>The verdict on its chain.</summary>
    public required VerdictText Audit { get; init; }

    /// <summary>The cause, where it is not well.</summary>
    public required string Note { get; init; }

    /// <summary>The scope of <see cref="Note"/>; null for the row's own.</summary>
    public required string? NoteScope { get; init; }

    /// <summary>Makes the texts of a host.</summary>
    public static FleetLine Of(HostRow host, DateTimeOffset now, bool ascii)
    {
        var look = StatusLook.Of(host.Status);
        return new FleetLine(host)
        {
            State = look.Shown(ascii),
            StateScope = look.Scope,
            RowScope = host.IsStale ? "text.dim" : null,
            Tags = string.Join(' ', host.Host.Tags),
            Jobs = host.Jobs?.ToString(CultureInfo.InvariantCulture) ?? "?",
            Failures = Count(host.Failures),
            Late = Count(host.Late),
            Next = host.NextRun is { } next ? TimeText.Near(next, now) : "",
            Contact = ContactOf(host, now),
            Audit = VerdictText.Of(host, now, ascii),
            Note = NoteOf(host, now, ascii),
            NoteScope = host.Cause is null && (host.IsCronStopped || host.Drift > 0) ? "state.late" : NoteOf(host, now, ascii).Length > 0 ? look.Scope : null,
        };
    }

    private static string Count(int count) => count == 0 ? "-" : count.ToString(CultureInfo.InvariantCulture);

    private static string ContactOf(HostRow host, DateTimeOffset now) =>
        host.LastContact is not { } last ? host.IsRefreshing ? "asking" : "never"
        : host.IsStale ? $"~ as of {TimeText.Near(last, now)}"
        : TimeText.AgoWords(last, now);

    private static string NoteOf(HostRow host, DateTimeOffset now, bool ascii) => host switch
    {
        { IsCronStopped: true, Cause: null } or { IsCronStopped: true, IsCauseOfJobs: true } => $"{StatusLook.Of(Status.Late).Mark(ascii)} no cron runs",
        { Cause: not null, FailingSince: { } since } => $"{TimeText.Ago(since, now)} · {CauseOf(host)}",
        { Cause: not null } => CauseOf(host),
        { IsRefreshing: true, LastContact: null } => "loading",
        { Drift: > 0 } => $"{(ascii ? "+-" : "±")} drift",
        _ => "",
    };

    // The host's name stands in its own column, and where it is reached is no cause: the few columns are for the reason.
    private static string CauseOf(HostRow host) => HostText.Without([host.Name, host.Host.Destination, $"ssh://{host.Host.Destination}"], host.Cause!);
}
