using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>
/// Commands on one host. Two kinds: <see cref="LocalShell"/> on this machine, and <see cref="OpenSshShell"/>
/// over the system's OpenSSH client. Both run the text with <c>/bin/sh -c</c> on the host, whatever the login shell
/// of the account is, so that a caller quotes for POSIX sh alone. Safe for use by several tasks at once.
/// </summary>
public interface IHostShell : IAsyncDisposable
{
    /// <summary>The host as the person named it (an alias of ssh_config, <c>user@host</c>), for messages.</summary>
    string Host { get; }

    /// <summary>
    /// Runs a command to its end. Standard input is <paramref name="input"/>, then end of file. Output is what the
    /// command wrote, byte for byte.
    /// A connection that is lost on the way looks like the end of the input to the command: one that then commits what
    /// it has (<c>crontab -</c>) has to be given its input in a way that checks its length first.
    /// </summary>
    /// <param name="command">Text for <c>/bin/sh -c</c> on the host, at most about 24 KiB.</param>
    /// <param name="input">Bytes for standard input; a command that does not read them is served too.</param>
    /// <param name="options">Limits; null for <see cref="CommandOptions.Default"/>.</param>
    /// <param name="cancellation">Cancelling ends the command on the host too (TERM, then KILL to its process group).</param>
    /// <returns>Exit code and output. A code other than 0 is a value, not an error.</returns>
    /// <exception cref="HostProblemException">The host was not reached, the connection was lost, a limit was met.</exception>
    /// <exception cref="ProblemException">The command cannot be given to a shell (too long, holds a NUL).</exception>
    Task<CommandResult> RunAsync(
        string command,
        ReadOnlyMemory<byte> input = default,
        CommandOptions? options = null,
        CancellationToken cancellation = default);

    /// <summary>
    /// Starts a command and hands over its streams, for as long as it runs: <c>cc-agent serve</c>, a live run.
    /// <see cref="CommandOptions.Timeout"/> bounds the connecting only.
    /// </summary>
    /// <param name="command">Text for <c>/bin/sh -c</c> on the host, at most about 24 KiB.</param>
    /// <param name="options">Limits; null for <see cref="CommandOptions.Default"/>.</param>
    /// <param name="cancellation">Cancels the opening; afterwards the stream is ended by disposing it.</param>
    /// <exception cref="HostProblemException">The host was not reached.</exception>
    Task<ICommandStream> OpenAsync(
        string command,
        CommandOptions? options = null,
        CancellationToken cancellation = default);
}
