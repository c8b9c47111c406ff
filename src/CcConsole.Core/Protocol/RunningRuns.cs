namespace CcConsole.Core.Protocol;

/// <summary>A run that is going on.</summary>
/// <param name="RunId">The run, as in its report.</param>
/// <param name="JobId">The job.</param>
/// <param name="Command">What it runs; only its start when it is long.</param>
/// <param name="StartTime">When it began.</param>
/// <param name="Uid">The user it runs as.</param>
/// <param name="User">That user's name.</param>
/// <param name="Pid">The job's process on the host.</param>
/// <param name="Attempt">Which attempt of a job that is retried this is, from 1; null for one that is not.</param>
public sealed record RunningRun(
    string RunId, string JobId, string Command, DateTimeOffset StartTime, uint Uid, string User, int Pid, int? Attempt = null);

/// <summary>The runs that are going on: those of the session's user, or as root everyone's that the agent keeps the record of.</summary>
/// <param name="Runs">Oldest first.</param>
/// <param name="More">How many more there are than are told.</param>
public sealed record JobRunningResult(IReadOnlyList<RunningRun> Runs, int More = 0);

/// <summary>What became of stopping a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="JobId">Its job.</param>
/// <param name="Signal">The last signal that it was sent.</param>
/// <param name="Ended">Whether it has ended.</param>
/// <param name="Recorded">Whether the host's audit chain says who stopped it.</param>
/// <param name="Notes">What a person would not expect, in words.</param>
public sealed record JobStopResult(string Run, string JobId, string Signal, bool Ended, bool Recorded, IReadOnlyList<string>? Notes = null);
