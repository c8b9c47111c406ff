using System.Globalization;
using CcConsole.Core.Protocol;
using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;

namespace CcConsole.Screens;

/// <summary>The agent of a host as its list shows it: all texts made.</summary>
internal sealed record AgentLine
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>What the agent told; null when it was not asked yet, or did not tell.</summary>
    public AgentStatusResult? Agent { get; init; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string Scope { get; init; }

    /// <summary>How urgently it wants a person, 0 first.</summary>
    public required int Rank { get; init; }

    /// <summary>For the system, or for a user.</summary>
    public string Mode { get; init; } = "";

    /// <summary>The version.</summary>
    public string Version { get; init; } = "";

    /// <summary>How long the daemon has been up.</summary>
    public string Since { get; init; } = "";

    /// <summary>How many entries the chain has.</summary>
    public string Entries { get; init; } = "";

    /// <summary>The start of the hash of the last one.</summary>
    public string Head { get; init; } = "";

    /// <summary>How many reports wait in the spool.</summary>
    public string Spool { get; init; } = "";

    /// <summary>The cause, where it is not well.</summary>
    public string Note { get; init; } = "";

    /// <summary>What contradicts the copy of its chain; empty for nothing.</summary>
    public string Conflict { get; init; } = "";

    /// <summary>What to do next; empty for nothing.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Makes the texts of a host's agent.</summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="told">What was told; null while it was not asked.</param>
    /// <param name="version">The console's own version: what is older is outdated.</param>
    /// <param name="now">Now.</param>
    /// <param name="ascii">Whether only ASCII may be sent.</param>
    /// <param name="conflict">What contradicts the copy of its chain; null for nothing. However well the agent is, the host is red then.</param>
    public static AgentLine Of(string host, HostTest? told, Version version, DateTimeOffset now, bool ascii, string? conflict = null)
    {
        var (look, rank, note) = Judge(host, told, version);
        if (conflict is not null)
            (look, rank, note) = (StatusLook.Conflict, 0, note.Length > 0 ? $"{conflict}; {note}" : conflict);
        var line = new AgentLine
        {
            Host = host,
            Agent = told?.Agent,
            State = look.Shown(ascii),
            Scope = look.Scope,
            Rank = rank,
            Note = note,
            Conflict = conflict ?? "",
            Hint = told?.Hint ?? "",
        };
        return told?.Agent is not { } agent ? line : line with
        {
            Mode = agent.Mode,
            Version = agent.Version,
            Since = agent.Daemon is { } daemon ? TimeText.Ago(daemon.Started, now) : "",
            Entries = Text($"{agent.Entries}"),
            Head = agent.Head[..Math.Min(agent.Head.Length, 8)],
            Spool = agent.Spooled switch { < 0 => "?", 0 => "-", var waiting => Text($"{waiting}") },
        };
    }

    /// <summary>Whether a version of an agent is before the console's; one that cannot be read is not said to be.</summary>
    public static bool IsBefore(string version, Version console) => Parse(version) is { } agent && agent < console;

    /// <summary>The numbers of a version, without what stands behind <c>+</c> or <c>-</c>; null when there are none.</summary>
    public static Version? Parse(string version) => System.Version.TryParse(version.Split('+', '-')[0], out var parsed) ? parsed : null;

    private static (StatusLook Look, int Rank, string Note) Judge(string host, HostTest? told, Version version) => told switch
    {
        null => (StatusLook.Of(Status.Unknown), 4, "asking"),
        { Problem: { } problem } => (StatusLook.Of(Status.Offline), 3, HostText.Without(host, problem)),
        { Agent: null, AgentProblem: { } problem } => (StatusLook.Of(Status.Fail), 0, HostText.Without(host, problem)),
        { Agent: null } => (StatusLook.Absent, 5, "no agent: its runs are not reported"),
        { Agent.Daemon: null } => (StatusLook.Down, 0, "the daemon is not running: reports wait in the spool"),
        { Agent: { Alarms: [var alarm, ..] alarms } } => (StatusLook.Alarm, 1, alarms.Count == 1 ? alarm : Text($"{alarm} (and {alarms.Count - 1} more)")),
        { Agent: { Daemon: { } daemon } agent } when IsBefore(agent.Version, version) || IsBefore(daemon.Version, version) =>
            (StatusLook.Outdated, 2, IsBefore(agent.Version, version) ? Text($"this console brings {version}") : $"the daemon is still {daemon.Version}: start it anew"),
        _ => (StatusLook.Up, 6, ""),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
