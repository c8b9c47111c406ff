using CcConsole.Fleet.Runs;

namespace CcConsole.Screens;

/// <summary>Stops a run that goes on, after a question.</summary>
internal static class RunStop
{
    /// <summary>Asks, stops it, says what became of it, and looks what still runs.</summary>
    public static void Start(Shell shell, FleetRun run, LiveRuns live) => shell.Operations.Start($"{run.Host}: stopping {run.JobId}", async stop =>
    {
        var question = new Question(
            $"Stop {run.JobId} on {run.Host}?",
            $"{run.Command}\n\nIt runs as {run.User}, process {run.Pid}, since {TimeText.Full(TimeZoneInfo.ConvertTime(run.StartedAt, shell.Application.Time.LocalTimeZone))}.\n\n"
            + $"All its processes are sent TERM, and KILL what is left of them after {RunOperations.KillAfter.TotalSeconds:0} seconds. The host's audit chain says who stopped it.",
            "Stop it", "Kill it at once", "Back");
        var signal = await shell.AskAsync(question) switch { 1 => "TERM", 2 => "KILL", _ => null };
        if (signal is null)
            return;
        var stopped = await shell.Fleet.Runs.StopAsync(run, signal: signal, cancellation: stop);
        string[] notes = [.. stopped.Notes, .. stopped.IsRecorded ? Array.Empty<string>() : ["the audit chain does not say who stopped it"]];
        if (stopped.HasEnded)
            shell.Toasts.Show($"{run.Host}: {run.JobId} was stopped by {stopped.Signal}", string.Join("; ", notes));
        else
            shell.Toasts.Fail($"{run.Host}: {run.JobId} has not ended, even by {stopped.Signal}", string.Join("; ", notes));
        await live.AskAsync(stop);
    });
}
