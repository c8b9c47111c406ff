using System.CommandLine;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;
using CcConsole.Store.Reports;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job show</c>: one job, its line and its next runs.</summary>
internal static class JobShowVerb
{
    public static Command Create() => FleetVerb.Create(
        "show", "Show one job: its line, its meaning, its next runs", "cc-console job show web01 backup", RunAsync, FleetVerb.Host, JobTarget.Job, JobTarget.Table);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        (JobEditor table, Job job) = await JobTarget.FindAsync(context, fleet);
        JobRow row = fleet.Jobs.Rows(table).Single(row => row.Job.Id == job.Id);
        string line = table.Jobs.Document.Text(job.Line.Span);
        EntryTiming timing = table.TimingOf(job);
        string zone = timing.Zone?.Id ?? table.Facts.Zone.Id;
        List<DateTimeOffset> next = job.Schedule is { } schedule && job.State == JobState.Active
            ? [.. timing.Occurrences(schedule, TimeProvider.System.GetUtcNow()).Take(5)] : [];

        if (context.Json)
        {
            context.Document(json =>
            {
                JobListVerb.Write(json, row);
                json.WriteString("text", line);
                json.WriteString("zone", zone);
                json.WriteStartArray("next_runs");
                foreach (DateTimeOffset run in next) json.WriteStringValue(run);
                json.WriteEndArray();
            });
            return Verb.Good;
        }

        context.Output.WriteLine($"{StatusText.Of(row.Status)}  {Plain.Text(job.Name ?? job.Id)} on {Plain.Text(row.Host)}{(row.Cause is { } cause ? $": {Plain.Text(cause)}" : "")}");
        context.Output.WriteLine($"id        {Plain.Text(job.Id)}{(job.IsManaged ? "" : "  (the agent does not run it: its runs are not reported)")}");
        context.Output.WriteLine($"table     {Plain.Text(row.Table.Name)}{(job.User is null ? "" : $"  (runs as {Plain.Text(job.User)})")}");
        if (job.Tags.Count > 0) context.Output.WriteLine($"tags      {Plain.Text(string.Join(", ", job.Tags))}");
        context.Output.WriteLine($"schedule  {Plain.Text(job.ScheduleText)}  ({Plain.Text(row.Meaning)})");
        context.Output.WriteLine($"command   {Plain.Text(job.Command)}");
        context.Output.WriteLine($"line {job.LineNumber,-5}{Plain.Text(line)}");
        if (job.Problem is { } problem) context.Output.WriteLine($"problem   {Plain.Text(problem)}");
        foreach (DateTimeOffset run in next) context.Output.WriteLine($"next      {TimeText.Short(run)} ({Plain.Text(zone)})");
        foreach (string note in row.TimingNotes) context.Output.WriteLine($"note      {Plain.Text(note)}");
        if (row.LastRun is { } last) context.Output.WriteLine($"last      {TimeText.Seconds(last.StartedAt)}  {Outcome(last)}  (report {last.ReportId})");
        return Verb.Good;
    }

    private static string Outcome(RunSummary run) => run switch
    {
        { Refused: { } why } => Plain.Text(Screens.OutcomeText.Refused(why)),
        { IsLost: true } => $"lost: how it ended is {Screens.OutcomeText.Lost}",
        _ => $"exit {run.ExitCode}  {run.Duration.TotalSeconds:0.###} s",
    };
}
