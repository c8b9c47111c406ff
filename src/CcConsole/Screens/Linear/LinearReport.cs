using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Monitoring;
using CcConsole.Tui.Text;

namespace CcConsole.Screens;

/// <summary>The fleet as lines of text, for where no screen can be shown: each host asked once.</summary>
internal static class LinearReport
{
    /// <summary>Asks every host and writes what is known of each, in words; data only, as the verbs do.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="json">As one JSON document.</param>
    /// <param name="stop">Ends the asking.</param>
    /// <returns>0 when all is well, 1 when a host fails or is not reached, or a job failed last or is late.</returns>
    public static async Task<int> RunAsync(FleetControl fleet, TextWriter output, TimeProvider time, bool json, CancellationToken stop)
    {
        // A list of hosts that cannot be read is an error, not an empty fleet.
        fleet.Hosts.List();
        await fleet.Monitor.RefreshAsync().WaitAsync(stop);
        var snapshot = fleet.Monitor.Current;
        if (json)
            LinearJson.Write(output, snapshot);
        else if (snapshot.Hosts.Count == 0)
            await output.WriteLineAsync("no hosts: cc-console host add NAME DESTINATION adds one, cc-console demo shows a throwaway fleet");
        for (var i = 0; i < snapshot.Hosts.Count && !json; i++)
            await WriteAsync(output, snapshot, snapshot.Hosts[i], time.GetUtcNow());
        await output.FlushAsync(stop);
        return snapshot.Hosts.All(host => host.Status is Status.Ok or Status.Running or Status.Off) ? 0 : 1;
    }

    private static async Task WriteAsync(TextWriter output, FleetSnapshot snapshot, HostRow host, DateTimeOffset now)
    {
        var line = FleetLine.Of(host, now, ascii: true);
        await output.WriteLineAsync(Clean($"{host.Name}: {StatusLook.Of(host.Status).Word}, {line.Jobs} jobs, {host.Failures} failed in 24 h, {host.Late} late, contact {line.Contact}, audit {line.Audit.Text}"));
        if (host.Cause is { } cause)
            await output.WriteLineAsync(Clean($"  {cause}{(host.Hint is { } hint ? $"; next: {hint}" : "")}"));
        foreach (var job in snapshot.JobsOf(host.Name))
        {
            var row = JobLine.Of(job, now, ascii: true);
            var last = row.Last.Length > 0 ? job.LastRun is null ? $", {row.Last}" : $", last {row.Last}" : "";
            var next = job.NextRun is { } time ? $", next {time.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}" : "";
            await output.WriteLineAsync(Clean($"  {StatusLook.Of(job.Status).Word}  {row.Schedule}  {row.Name}{last}{next}{(job.Job.Problem is { } problem ? $", {problem}" : "")}"));
        }
    }

    private static string Clean(string text) => VisibleMark.Clean(text);
}
