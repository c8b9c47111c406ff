namespace CcConsole.Core.Protocol;

/// <summary>Opens a session.</summary>
/// <param name="Client">The console's name and version, for the host's log.</param>
/// <param name="Protocol">The highest protocol version that the console speaks.</param>
public sealed record HelloParams(string Client, int Protocol);

/// <summary>Says who answers.</summary>
/// <param name="Version">The agent's version.</param>
/// <param name="Protocol">The protocol version of this session.</param>
/// <param name="Capabilities">The methods that this agent answers.</param>
/// <param name="Host">The host's name.</param>
/// <param name="User">The user that the session runs as.</param>
/// <param name="Uid">That user's id.</param>
/// <param name="Mode">"system" or "user": whose reports and chain the agent keeps.</param>
/// <param name="Dir">The agent's data directory.</param>
/// <param name="Zone">The host's time zone, its IANA name; "UTC" when none is set.</param>
/// <param name="Now">The host's clock.</param>
/// <param name="Policy">What the host calls the limits of this session (<see cref="SessionPolicy"/>); null when there are none.</param>
/// <param name="Path">Where the agent lies on the host; null when it does not know.</param>
public sealed record HelloResult(
    string Version,
    int Protocol,
    IReadOnlyList<string> Capabilities,
    string Host,
    string User,
    uint Uid,
    string Mode,
    string Dir,
    string Zone,
    DateTimeOffset Now,
    string? Policy = null,
    string? Path = null);

/// <summary>The limits that a host can set for the sessions of a key, by the forced command <c>cc-agent serve --policy NAME</c>.</summary>
public static class SessionPolicy
{
    /// <summary>Reports, the audit chain, tables, the agent's state: nothing is changed and nothing run.</summary>
    public const string ReadOnly = "read-only";

    /// <summary>Also tables are written, and jobs run and stopped. Who may write a table can run anything as its user.</summary>
    public const string Edit = "edit";
}
