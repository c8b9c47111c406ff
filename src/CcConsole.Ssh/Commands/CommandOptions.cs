namespace CcConsole.Ssh;

/// <summary>Limits of one command.</summary>
public sealed record CommandOptions
{
    /// <summary>A minute, 16 MiB of output, the last 64 KiB of standard error.</summary>
    public static CommandOptions Default { get; } = new();

    /// <summary>Longest time for the command, from the moment that the host is reached; for connecting there is a limit of its own.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most bytes of standard output; one more ends the command with <see cref="HostProblemKind.OutputTooLarge"/>.</summary>
    public int OutputLimit { get; init; } = 16 << 20;

    /// <summary>Bytes of standard error that are kept, the last ones.</summary>
    public int ErrorLimit { get; init; } = 64 << 10;

    /// <summary>
    /// For <see cref="IHostShell.OpenAsync"/>: hand standard error over as it comes (<see cref="ICommandStream.ErrorStream"/>) rather
    /// than keep its end. What a login shell wrote before the command began is not part of it.
    /// </summary>
    public bool StreamError { get; init; }

    /// <summary>
    /// Over SSH: give the text to the login shell as it is, for an account whose forced command looks at it. Such a
    /// command cannot be ended on the host by cancelling; it sees the end of its standard input only.
    /// </summary>
    public bool Verbatim { get; init; }
}
