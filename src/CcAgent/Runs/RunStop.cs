using System.Diagnostics;
using CcAgent.Daemon;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Serve;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcAgent.Runs;

/// <summary>
/// Answers job.stop for a run: TERM, then KILL to its whole process group. The audit chain says who wants it before it is
/// done; where no daemon runs the answer says that nothing is recorded.
/// </summary>
internal sealed class RunStop
{
    private const int DefaultKillAfter = 10;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50), AfterKill = TimeSpan.FromSeconds(3), ForReport = TimeSpan.FromSeconds(10);

    private readonly AgentPlaces _places;
    private readonly List<string> _notes = [];

    internal RunStop(AgentPlaces places) => _places = places;

    /// <exception cref="ProblemException">There is no such run, it is another user's, or the stop could not be recorded.</exception>
    internal JobStopResult Stop(string run, JobStopParams request)
    {
        var signal = request.Signal switch
        {
            "TERM" => Signals.Terminate,
            "INT" => Signals.Interrupt,
            "KILL" => Signals.Kill,
            _ => throw new ProblemException("the signal must be TERM, INT or KILL"),
        };
        if (request.KillAfterSeconds is < 0 or > 3600)
            throw new ProblemException("the time until KILL must be 0 to 3600 seconds");
        var found = MarkFile.Running(_places).FindAll(each => each.Mark!.RunId == run);
        if (found.Count != 1)
        {
            throw found.Count == 0
                ? new ProblemException($"run {run} is not going on", "cc-console job running lists those that are")
                : new ProblemException($"{found.Count} processes claim to be run {run}", "stop the one that is meant by hand: kill -TERM PID");
        }

        var file = found[0];
        var mark = file.Mark!;
        var processes = RunProcess.Open(mark);
        if (!processes.Allowed)
            throw new ProblemException($"run {run} belongs to {UserAccount.Of(mark.Uid).Name}, and only they and root may stop it");

        var recorded = Record(mark, request, request.Signal);
        if (signal == Signals.Kill)
            processes.Send(signal);
        else
            processes.Ask(signal);
        var last = request.Signal;
        if (!Wait(() => HasEnded(file) && !processes.LeftGroup, signal == Signals.Kill ? AfterKill : TimeSpan.FromSeconds(request.KillAfterSeconds ?? DefaultKillAfter))
            && signal == Signals.Terminate)
        {
            last = "KILL";
            recorded &= Record(mark, request, last);
            processes.Send(Signals.Kill);
            Wait(() => HasEnded(file) && !processes.LeftGroup, AfterKill);
        }

        // On a busy host a wrapper takes its time to deliver the report of a job that was killed.
        if (last == "KILL")
            Wait(() => HasEnded(file), ForReport);

        return new JobStopResult(run, mark.JobId, last, HasEnded(file), recorded, _notes.Count > 0 ? _notes : null);
    }

    // Its wrapper lets the mark go when the report is delivered.
    private static bool HasEnded(MarkFile file) =>
        MarkFile.Look(file.Path) is not { State: MarkState.Running } still || still.Mark!.RunId != file.Mark!.RunId;

    private static bool Wait(Func<bool> condition, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        using var never = new ManualResetEventSlim();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) >= limit)
                return false;
            never.Wait(Step);
        }

        return true;
    }

    private bool Record(RunMark mark, JobStopParams request, string signal)
    {
        var daemon = new DaemonClient(_places);
        if (daemon.Status(out var reason) is null)
        {
            if (_notes.Count == 0)
                _notes.Add($"the host's audit chain does not say who stopped it, because its daemon does not run: {reason}");
            return false;
        }

        try
        {
            daemon.Append(new AuditAppendParams(AuditEvents.JobStopped, request.Actor ?? "", request.Origin ?? "")
            {
                Run = mark.RunId,
                JobId = mark.JobId,
                Signal = signal,
            });
            return true;
        }
        catch (ProblemException e)
        {
            throw new AuditUnavailableException($"run {mark.RunId} was not sent {signal}: {e.Message}", e.Hint);
        }
    }
}
