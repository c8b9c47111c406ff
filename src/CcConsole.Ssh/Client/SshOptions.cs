namespace CcConsole.Ssh;

/// <summary>
/// How the ssh client is used. What is not said here is the person's own set-up: ssh_config, agent, certificates,
/// known_hosts. Never weakened: an unknown or changed host key fails, whatever ssh_config says about it.
/// </summary>
/// <param name="ControlDirectory">
/// Where control sockets lie: created with mode 0700 when missing, refused when it is a link, another user's or open
/// to others. A path of at most about 60 bytes, since a socket's path ends at 104 (sun_path on macOS).
/// </param>
public sealed record SshOptions(string ControlDirectory)
{
    /// <summary>The client: a path, or a name that is looked for in PATH.</summary>
    public string Executable { get; init; } = "ssh";

    /// <summary>Configuration file in place of the person's and the system's (<c>ssh -F</c>); null for theirs.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Further options as <c>Name=value</c> (ssh_config(5)); they come after ours and cannot override them.</summary>
    public IReadOnlyList<string> ExtraOptions { get; init; } = [];

    /// <summary>Longest time for connecting, and again for the rest of the handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection without a command stays open. It also ends this long after the console has died.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>After this long without a word from the server it is asked; three times without an answer is a lost connection.</summary>
    public TimeSpan AliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most sessions at once on a connection; sshd's own limit, MaxSessions, is 10 unless configured.</summary>
    public int MaxSessions { get; init; } = 8;

    /// <summary>Answers ssh's questions by asking the person; null where nobody can be asked (then it fails, in words).</summary>
    public AskpassServer? Askpass { get; init; }

    /// <summary>A bound on handshakes at once, shared by all hosts; null for none.</summary>
    public HandshakeGate? Handshakes { get; init; }
}
