namespace CcConsole.Ssh;

/// <summary>Why a command on a host did not come about, as far as the ssh client tells.</summary>
public enum HostProblemKind
{
    /// <summary>The client said something that is not in this list; the message quotes it.</summary>
    Other,

    /// <summary>There is no ssh client on this machine, or it cannot be started.</summary>
    ClientMissing,

    /// <summary>ssh_config has an error, or an option is not known to this client.</summary>
    ConfigError,

    /// <summary>The name does not resolve.</summary>
    NameUnknown,

    /// <summary>The port refuses connections.</summary>
    ConnectionRefused,

    /// <summary>No answer in time, on connecting or in the handshake.</summary>
    ConnectTimeout,

    /// <summary>No route to the host or network.</summary>
    NoRoute,

    /// <summary>The server closed the connection in the handshake, or shares no algorithm with this client.</summary>
    HandshakeFailed,

    /// <summary>No host key is known for the host; nobody has confirmed its fingerprint yet.</summary>
    HostKeyUnknown,

    /// <summary>The host shows another key than the known one, or a revoked one.</summary>
    HostKeyChanged,

    /// <summary>The host accepts none of the keys, or no passphrase or password could be asked for.</summary>
    AuthenticationRefused,

    /// <summary>The host opens no further session on the connection (MaxSessions, an account without a shell).</summary>
    SessionRefused,

    /// <summary>The connection was lost after the command may have started.</summary>
    ConnectionLost,

    /// <summary>The command took longer than its limit and was ended.</summary>
    CommandTimeout,

    /// <summary>The command wrote more than its limit and was ended.</summary>
    OutputTooLarge,

    /// <summary>A directory or file of this machine that the connection needs is not safe or not usable.</summary>
    LocalSetup,

    /// <summary>Not tried: the host failed again and again a moment ago (circuit breaker).</summary>
    Suspended,
}
