namespace CcConsole.Core.Protocol;

/// <summary>A variable of a table.</summary>
/// <param name="Name">Its name's bytes (base64 on the wire).</param>
/// <param name="Value">Its value's bytes.</param>
public sealed record JobVariable(byte[] Name, byte[] Value);

/// <summary>
/// Runs a command now as the host's cron daemon would: with its environment and the table's variables over it, by the table's
/// SHELL, in the HOME of that environment, with the text after the first % as standard input. It is ended with its session.
/// </summary>
/// <param name="Command">The command's bytes as cron hands them to the shell (base64 on the wire).</param>
/// <param name="Input">Standard input; null for none.</param>
/// <param name="Environment">The table's variables that stand before the entry, in their order.</param>
/// <param name="User">As whom; null for the session's own user. Another one needs root.</param>
/// <param name="Credit">How many output messages may be sent at first, 0 to 1,000,000. Without credit the command's pipes fill.</param>
/// <param name="System">True for an entry of a system table.</param>
public sealed record JobRunParams(
    byte[] Command,
    byte[]? Input = null,
    IReadOnlyList<JobVariable>? Environment = null,
    string? User = null,
    int Credit = 256,
    bool System = false);

/// <summary>The command was started.</summary>
/// <param name="Stream">The stream's id.</param>
/// <param name="Pid">The process, which leads its own process group.</param>
/// <param name="StartTime">When.</param>
/// <param name="Notes">What a person would not expect, in words.</param>
public sealed record JobRunResult(long Stream, int Pid, DateTimeOffset StartTime, IReadOnlyList<string>? Notes = null);

/// <summary>Some live output.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Channel">"stdout" or "stderr".</param>
/// <param name="Bytes">The bytes as they came (base64 on the wire).</param>
public sealed record JobOutput(long Stream, string Channel, byte[] Bytes);

/// <summary>The command ended.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="DurationMs">How long it ran, in milliseconds.</param>
/// <param name="Signal">The signal that ended it; null when it exited by itself.</param>
public sealed record JobEnded(long Stream, int ExitCode, long DurationMs, int? Signal = null);

/// <summary>
/// Sends a signal to the process group of a running command; what has not ended after a while is ended by KILL. Either a
/// stream's (five seconds after TERM), answered at once by <see cref="Done"/>; or a run's that <see cref="Methods.JobRunning"/>
/// lists, whoever started it: its own user's, or as root anyone's; answered by <see cref="JobStopResult"/> when it has ended
/// or been sent KILL.
/// </summary>
/// <param name="Stream">The stream of its <see cref="Methods.JobRun"/>; of no meaning when a run is named.</param>
/// <param name="Signal">"TERM", "INT" or "KILL".</param>
public sealed record JobStopParams(long Stream = -1, string Signal = "TERM")
{
    /// <summary>The run, by its id; null to stop a stream's command.</summary>
    public string? Run { get; init; }

    /// <summary>A run: how long after TERM it is sent KILL, 0 to 3,600 seconds; null for ten.</summary>
    public int? KillAfterSeconds { get; init; }

    /// <summary>A run: who stops it, the person at the console.</summary>
    public string? Actor { get; init; }

    /// <summary>A run: from where, the console's machine.</summary>
    public string? Origin { get; init; }
}
