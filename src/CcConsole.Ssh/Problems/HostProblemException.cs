using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>
/// A command on a host did not come about or was cut off. The message names the host and the cause in words and
/// holds no control characters; the hint is the next step.
/// </summary>
/// <param name="host">The host as the person named it.</param>
/// <param name="kind">The cause.</param>
/// <param name="message">What happened, one sentence that names the host.</param>
/// <param name="hint">What to do next.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class HostProblemException(
    string host, HostProblemKind kind, string message, string hint = "", Exception? inner = null)
    : ProblemException(message, hint, inner)
{
    /// <summary>The host as the person named it.</summary>
    public string Host { get; } = host;

    /// <summary>The cause.</summary>
    public HostProblemKind Kind { get; } = kind;

    /// <summary>The key that the host showed, where the handshake came that far; for host key problems, the key to look at.</summary>
    public HostKey? Key { get; init; }

    /// <summary>
    /// True when the command may have started on the host: what it would have changed has to be read again before
    /// it is tried again.
    /// </summary>
    public bool MayHaveRun => Kind is HostProblemKind.ConnectionLost or HostProblemKind.CommandTimeout or HostProblemKind.OutputTooLarge;

    /// <summary>True when waiting may help: trying a read again is reasonable. Never true for keys and configuration.</summary>
    public bool IsTransient => Kind is HostProblemKind.ConnectionRefused or HostProblemKind.ConnectTimeout
        or HostProblemKind.NoRoute or HostProblemKind.NameUnknown or HostProblemKind.HandshakeFailed
        or HostProblemKind.SessionRefused or HostProblemKind.ConnectionLost;
}
