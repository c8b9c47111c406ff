using System.Text;

namespace CcConsole.Core.Crontab;

/// <summary>A command inside the agent's wrapper: <c>AGENT exec --job-id ID [--socket-path PATH] [FLAGS] -- SHELL -c COMMAND</c>.</summary>
/// <param name="AgentPath">The program that the line starts.</param>
/// <param name="JobId">The job's identity, which its reports carry.</param>
/// <param name="SocketPath">Where the reports go; null leaves it to the agent.</param>
/// <param name="Flags">Further arguments of <c>exec</c>, one by one.</param>
/// <param name="Command">What the shell runs. Any bytes but NUL, CR and LF.</param>
public sealed record WrappedCommand(
    string AgentPath, string JobId, string? SocketPath, IReadOnlyList<string> Flags, ReadOnlyMemory<byte> Command)
{
    /// <summary>The shell that nothing but a SHELL line in the table changes.</summary>
    public const string DefaultShell = "/bin/sh";

    /// <summary>A command given as text.</summary>
    public WrappedCommand(string agentPath, string jobId, string? socketPath, IReadOnlyList<string> flags, string command)
        : this(agentPath, jobId, socketPath, flags, Encoding.UTF8.GetBytes(command))
    {
    }

    /// <summary>The shell that runs the command.</summary>
    public string Shell { get; init; } = DefaultShell;

    /// <summary>The text after the first bare <c>%</c> of the line, as it stands there: it stays outside the quotes, so
    /// that cron still feeds it to the job. Null when there is none.</summary>
    public byte[]? RawInput { get; init; }

    /// <summary>True for a line of another wrapper that left a <c>%</c> unescaped within its quotes: cron cuts such a
    /// line there, so <see cref="Command"/> is what was meant, and the job fails.</summary>
    public bool IsCutAtPercent { get; init; }

    /// <summary><see cref="Command"/> as text, for showing.</summary>
    public string CommandText => Encoding.UTF8.GetString(Command.Span);

    /// <summary>See <see cref="CronCommand.Doubled"/>: carried through the wrapper, so that a release gives back the same bytes.</summary>
    internal IReadOnlyList<int> Doubled { get; init; } = [];
}
