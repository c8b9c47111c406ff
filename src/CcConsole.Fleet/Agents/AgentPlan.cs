using CcConsole.Core.Agents;
using CcConsole.Fleet.Changes;

namespace CcConsole.Fleet.Agents;

/// <summary>What is done with an agent.</summary>
public enum AgentAction
{
    /// <summary>Put where there was none.</summary>
    Install,

    /// <summary>Another executable in its place.</summary>
    Upgrade,

    /// <summary>The one before in its place again.</summary>
    Rollback,

    /// <summary>Taken away.</summary>
    Uninstall,
}

/// <summary>What would be done on one host, to be shown, confirmed, and then applied exactly so or not at all.</summary>
public sealed record AgentPlan
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>What is done.</summary>
    public required AgentAction Action { get; init; }

    /// <summary><c>system</c> when the login is root, else <c>user</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Where the agent lies.</summary>
    public required string AgentPath { get; init; }

    /// <summary>The version before; empty for none.</summary>
    public string VersionBefore { get; init; } = "";

    /// <summary>The version afterwards; empty for none, and where only the executable itself can say.</summary>
    public string VersionAfter { get; init; } = "";

    /// <summary>SHA-256 of the executable before; empty for none.</summary>
    public string DigestBefore { get; init; } = "";

    /// <summary>SHA-256 of the executable afterwards; empty for none.</summary>
    public string DigestAfter { get; init; } = "";

    /// <summary>Each thing that is done on the host, in words.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>What one should know before confirming.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The change of the user's table that goes with it; null for none.</summary>
    public ChangePlan? Table { get; init; }

    /// <summary>Whether the person has to type the host's name.</summary>
    public bool IsProduction { get; init; }

    /// <summary>Whether reports and chain go too.</summary>
    public bool Purges { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether all is as it would be afterwards: nothing is done.</summary>
    public bool IsEmpty => Steps.Count == 0;

    /// <summary>What was found on the host.</summary>
    public required AgentProbe Probe { get; init; }

    /// <summary>What is, or was, made there.</summary>
    public required InstallRecord Record { get; init; }

    /// <summary>What is sent; null for none.</summary>
    public AgentBinary? Binary { get; init; }
}

/// <summary>How it ended.</summary>
public sealed record AgentResult
{
    /// <summary>What was to be done.</summary>
    public required AgentPlan Plan { get; init; }

    /// <summary>Whether something was changed on the host.</summary>
    public required bool IsChanged { get; init; }

    /// <summary>The version that is there now; empty for none.</summary>
    public string Version { get; init; } = "";

    /// <summary>The entry in the host's chain; null for none.</summary>
    public long? AuditSeq { get; init; }

    /// <summary>What did not go as one would like, though the thing itself was done.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>How an agent's executable stands to the one in this console.</summary>
public enum AgentMatch
{
    /// <summary>There is no agent, or the console carries none for that host.</summary>
    Unknown,

    /// <summary>The very same bytes.</summary>
    Equal,

    /// <summary>An older version.</summary>
    Older,

    /// <summary>A newer version.</summary>
    Newer,

    /// <summary>The same version, other bytes.</summary>
    Different,
}

/// <summary>What <c>agent status</c> tells of a host.</summary>
public sealed record AgentState
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>Why it could not be looked at; null when it was.</summary>
    public string? Problem { get; init; }

    /// <summary>What to do next; null for nothing.</summary>
    public string? Hint { get; init; }

    /// <summary>The agent's own account; null when there is none or it does not answer.</summary>
    public Core.Protocol.AgentStatusResult? Agent { get; init; }

    /// <summary>Whether the host was reached.</summary>
    public bool IsReached { get; init; }

    /// <summary>Where it lies; null without an agent at the place where a console puts it.</summary>
    public string? AgentPath { get; init; }

    /// <summary>SHA-256 of the executable; null without one.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether a console installed it, so that it can be upgraded and uninstalled.</summary>
    public bool IsManaged { get; init; }

    /// <summary>The version that is kept for a rollback; null for none.</summary>
    public string? Previous { get; init; }

    /// <summary>How it stands to the console's own.</summary>
    public AgentMatch Match { get; init; }
}
