namespace CcConsole.Core.Agents;

/// <summary>What a host has of an agent, and for one.</summary>
public sealed record AgentProbe
{
    /// <summary>The account.</summary>
    public required string User { get; init; }

    /// <summary>The account's number.</summary>
    public required string Uid { get; init; }

    /// <summary>The account's home.</summary>
    public required string Home { get; init; }

    /// <summary><c>system</c> for root, else <c>user</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Where the agent lies, or would.</summary>
    public required string Agent { get; init; }

    /// <summary>Where the one before it is kept.</summary>
    public required string Previous { get; init; }

    /// <summary>Where the record of the installation lies.</summary>
    public required string RecordFile { get; init; }

    /// <summary>Where the agent keeps reports and chain.</summary>
    public required string State { get; init; }

    /// <summary>Where units of systemd belong.</summary>
    public required string UnitFolder { get; init; }

    /// <summary>As <c>uname -s</c> says: <c>Linux</c>.</summary>
    public required string System { get; init; }

    /// <summary>As <c>uname -m</c> says: <c>x86_64</c>.</summary>
    public required string Machine { get; init; }

    /// <summary>The kernel's release.</summary>
    public required string Kernel { get; init; }

    /// <summary>The loaders of programs that are there: which C libraries there are.</summary>
    public required IReadOnlyList<string> Loaders { get; init; }

    /// <summary><c>systemd</c>, <c>openrc</c> or <c>none</c>: what starts services at boot.</summary>
    public required string Init { get; init; }

    /// <summary>Whether a <c>systemd --user</c> runs for this user that stays after the logout.</summary>
    public required bool HasUserManager { get; init; }

    /// <summary>Whether what is sent may be compressed.</summary>
    public required bool HasGzip { get; init; }

    /// <summary>Whether the group of the socket is there.</summary>
    public required bool HasGroup { get; init; }

    /// <summary>The folders that are not there and are needed, the outermost first.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Those that a unit of <c>systemd --user</c> needs beside them.</summary>
    public required IReadOnlyList<string> MissingForUnit { get; init; }

    /// <summary>Free space where the agent belongs, in KiB; null when not known.</summary>
    public long? FreeKilobytes { get; init; }

    /// <summary>SHA-256 of the agent that is there; empty for none.</summary>
    public required string Digest { get; init; }

    /// <summary>The version that it says it is; empty when it does not run.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of the one before it; empty for none.</summary>
    public required string PreviousDigest { get; init; }

    /// <summary>Its version.</summary>
    public required string PreviousVersion { get; init; }

    /// <summary>The daemon that answers and runs this very file; null for none.</summary>
    public int? DaemonPid { get; init; }

    /// <summary>The record of the installation; null when there is none.</summary>
    public byte[]? Record { get; init; }

    /// <summary>What <c>cc-agent status --json</c> said; null without an agent.</summary>
    public byte[]? Status { get; init; }

    /// <summary>Lines of tables that name the agent, each with its table before it.</summary>
    public required IReadOnlyList<string> Uses { get; init; }

    /// <summary>How many runs go on under this agent.</summary>
    public int Runs { get; init; }

    /// <summary>Whether there is an agent.</summary>
    public bool HasAgent => Digest.Length > 0;
}
