using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core.Protocol;

namespace CcAgent.Runs;

/// <summary>Answers job.running, from the marks alone: whether a daemon runs makes no difference.</summary>
internal static class RunningRuns
{
    // With every character of a command in six bytes the answer still fits into a message.
    private const int Most = 1000, MostCommand = 512;

    internal static JobRunningResult In(AgentPlaces places)
    {
        var names = new Dictionary<uint, string>();
        var running = MarkFile.Running(places);
        List<RunningRun> told = [.. running.Take(Most).Select(file => Of(file.Mark!, Name(file.Owner)))];
        return new JobRunningResult(told, running.Count - told.Count);

        string Name(uint uid) => names.TryGetValue(uid, out var name) ? name : names[uid] = UserAccount.Of(uid).Name;
    }

    private static RunningRun Of(RunMark mark, string user) => new(
        mark.RunId, mark.JobId, mark.Command.Length <= MostCommand ? mark.Command : Start(mark.Command), mark.StartTime, mark.Uid, user, mark.Pid, mark.Attempt);

    private static string Start(string command) =>
        string.Concat(command.AsSpan(0, char.IsHighSurrogate(command[MostCommand - 1]) ? MostCommand - 1 : MostCommand), "…");
}
