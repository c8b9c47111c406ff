using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;

namespace CcConsole.Fleet;

/// <summary>What a <see cref="FleetControl"/> is made of. The executable finds the folders; nothing here looks at the environment.</summary>
public sealed record FleetOptions
{
    /// <summary>Where the cache and conflict evidence lie: <c>$XDG_STATE_HOME/cc-console</c>.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where <c>hosts.json</c> lies: <c>$XDG_CONFIG_HOME/cc-console</c>.</summary>
    public required string ConfigDirectory { get; init; }

    /// <summary>Makes the way to a host: <see cref="HostShells"/>, or a test's own.</summary>
    public required Func<HostEntry, IHostShell> Shells { get; init; }

    /// <summary>The person's ssh_config, whose hosts are offered; null for none.</summary>
    public string? SshConfigFile { get; init; }

    /// <summary>The person's home, for Include in ssh_config.</summary>
    public string HomeDirectory { get; init; } = "/";

    /// <summary>How often and how fast a host is tried; null for the defaults.</summary>
    public HostPolicyOptions? Policy { get; init; }

    /// <summary>Who changes things, for the hosts' audit chains: <c>alice</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>From where, for the hosts' audit chains: this machine's name.</summary>
    public required string Origin { get; init; }

    /// <summary>Name and version of this program, for the hosts' logs.</summary>
    public string Client { get; init; } = "cc-console";

    /// <summary>The executables of the agent that this program carries, one for each kind of host; null for none.</summary>
    public Func<IReadOnlyList<Agents.AgentBinary>>? AgentBinaries { get; init; }

    /// <summary>True: everything that would change a host or the list of hosts is refused, and pulls leave no entry on the host.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often the monitor looks at each host.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the monitor looks a host through for all that it runs; null: never by itself. See <see cref="Inventory.HostInventory"/>.</summary>
    public TimeSpan? LookInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>After how long a copy of a chain that was not pulled again counts as stale; null: after twice <see cref="PollInterval"/>.</summary>
    public TimeSpan? StaleAfter { get; init; }

    /// <summary>After how long a pull holds every entry that the host has against the copy by itself; null: only when asked.</summary>
    public TimeSpan? DeepInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Entries that are older go from the cache into the copy's archive file after such a comparison; null: only when asked.</summary>
    public TimeSpan? ArchiveAfter { get; init; }

    /// <summary>How many hosts are looked at, at once.</summary>
    public int Parallelism { get; init; } = 8;

    /// <summary>How long a host that is looked at may keep another from its turn; after that it is waited for beside the others.</summary>
    public TimeSpan LongestTurn { get; init; } = TimeSpan.FromSeconds(15);
}
