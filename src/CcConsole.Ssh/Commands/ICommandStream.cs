namespace CcConsole.Ssh;

/// <summary>
/// A command that is running on a host. Disposing it ends the command (TERM, then KILL to its process group).
/// Read <see cref="Output"/> to its end before awaiting <see cref="Exit"/>: a command whose output is not read waits.
/// </summary>
public interface ICommandStream : IAsyncDisposable
{
    /// <summary>Standard input of the command; disposing it is its end of file. Write errors are IOException.</summary>
    Stream Input { get; }

    /// <summary>Standard output of the command. A lost connection ends it too; <see cref="Exit"/> tells which it was.</summary>
    Stream Output { get; }

    /// <summary>The last bytes of standard error so far, at most <see cref="CommandOptions.ErrorLimit"/>.</summary>
    ReadOnlyMemory<byte> Error { get; }

    /// <summary>
    /// Standard error of the command as it comes; null unless <see cref="CommandOptions.StreamError"/> asks for it. It has to be read
    /// to its end like <see cref="Output"/>.
    /// </summary>
    Stream? ErrorStream { get; }

    /// <summary>
    /// The exit code, as a shell counts it. Fails with <see cref="HostProblemException"/> when the connection was lost,
    /// and is cancelled when the stream was disposed before the command ended.
    /// </summary>
    Task<int> Exit { get; }
}
