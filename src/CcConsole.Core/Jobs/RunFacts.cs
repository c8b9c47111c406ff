namespace CcConsole.Core.Jobs;

/// <summary>What has to be known of a host to start a command there as its cron daemon would. Made by <see cref="HostRun"/>.</summary>
public sealed record RunFacts
{
    /// <summary><c>debian</c>, <c>cronie</c>, <c>busybox</c>, or <c>unknown</c>, which is taken for debian.</summary>
    public required string Implementation { get; init; }

    /// <summary>As whom the command runs, as the host's user database writes it.</summary>
    public required string User { get; init; }

    /// <summary>Its number.</summary>
    public required uint Uid { get; init; }

    /// <summary>The number of its own group.</summary>
    public required uint Gid { get; init; }

    /// <summary>Its home directory by the user database.</summary>
    public required byte[] Home { get; init; }

    /// <summary>How the session becomes that user.</summary>
    public required BecomeUser Become { get; init; }

    /// <summary>What makes a process the leader of a session of its own there, as words of a command: <c>setsid</c>, or perl.</summary>
    public IReadOnlyList<string> NewSession { get; init; } = ["setsid"];

    /// <summary>Whether the user can enter the directory that was asked for.</summary>
    public required bool DirectoryExists { get; init; }

    /// <summary>The daemon's file mode mask; 022 where it does not tell.</summary>
    public int Umask { get; init; } = 0b000_010_010;

    /// <summary>Whether the daemon ignores SIGPIPE, as one that systemd starts does by default: its jobs then ignore it too.</summary>
    public bool IgnoresPipe { get; init; }

    /// <summary>The lines of /etc/pam.d that name pam_env.so or include others, each after its file's path and a colon.</summary>
    public byte[] PamRules { get; init; } = [];

    /// <summary>The files of variables that those lines may name, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> VariableFiles { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Whether /etc/security/pam_env.conf sets anything: that is not followed.</summary>
    public bool HasPamConfiguration { get; init; }

    /// <summary>The daemon's own environment, NUL between variables; null where this user may not see it.</summary>
    public byte[]? DaemonEnvironment { get; init; }

    /// <summary>Whether crond (cronie) was started with -P: jobs have its own PATH.</summary>
    public bool KeepsPath { get; init; }
}

/// <summary>How a session becomes the user of a job.</summary>
public enum BecomeUser
{
    /// <summary>It is that user.</summary>
    Same,

    /// <summary>util-linux's setpriv, by root.</summary>
    Setpriv,

    /// <summary>util-linux's runuser, by root.</summary>
    Runuser,

    /// <summary>su, by root.</summary>
    Su,

    /// <summary>sudo -n.</summary>
    Sudo,
}
