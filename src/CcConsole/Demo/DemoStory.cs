using System.Globalization;
using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Reports;
using CcConsole.Verbs.Reports;

namespace CcConsole.Demo;

/// <summary>
/// The demo as text: what a person would do in the console, done through the same operations, each step checked.
/// It is good only if every step held.
/// </summary>
internal sealed class DemoStory(DemoFleet demo, TextWriter output, CancellationToken stop)
{
    private const string Job = "greeting";
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    private bool _good = true;

    /// <summary>Plays it; false when a step did not hold.</summary>
    public async Task<bool> PlayAsync()
    {
        await using FleetControl fleet = FleetFactory.Open(demo.Places, DemoFleet.Settings);
        await MeetAsync(fleet);
        string line = await AddAsync(fleet);
        await WatchAsync(fleet);
        await ProveAsync(fleet);
        await UndoAsync(fleet, line);
        await TamperAsync(fleet);
        await LoseAsync(fleet);
        output.WriteLine();
        output.WriteLine(_good ? "Every step held." : "A step did not hold: see the ✗ above.");
        return _good;
    }

    private async Task MeetAsync(FleetControl fleet)
    {
        Chapter("Three hosts, each with its own table and its own agent");
        foreach (DemoHost host in demo.Hosts)
        {
            HostTest test = await fleet.Hosts.TestAsync(host.Entry, stop);
            Check(test is { IsGood: true, Agent.Daemon: not null }, $"{host.Name}: {test.Jobs} jobs, agent {test.Agent?.Version ?? "missing"}{(test.Problem is { } problem ? $": {problem}" : "")}");
        }
    }

    private async Task<string> AddAsync(FleetControl fleet)
    {
        Chapter("Add a job on web01: a plan, and then the table's other bytes untouched");
        byte[] before = await File.ReadAllBytesAsync(demo.Web.TablePath, stop);
        JobEditor table = await fleet.Jobs.OpenAsync(demo.Web.Name, cancellation: stop);
        ChangePlan plan = table.Plan(new JobDraft { Schedule = "* * * * *", Command = "echo \"it's $(date +%H:%M), 100% fine\"", Name = Job, JobId = Job });
        foreach (string line in plan.Diff.ToText(context: 0).TrimEnd('\n').Split('\n')) output.WriteLine($"    {Verbs.Plain.Text(line)}");
        ChangeResult result = await fleet.Changes.ApplyAsync(plan, stop);
        byte[] after = await File.ReadAllBytesAsync(demo.Web.TablePath, stop);
        Check(result.IsApplied, $"web01: crontab written, verified, audit #{result.AuditSeq}{(result.Message is { } message ? $": {message}" : "")}");
        Check(after.AsSpan().StartsWith(before), $"the {before.Length} bytes that were there are still there");
        return Convert.ToHexString(before);
    }

    private async Task WatchAsync(FleetControl fleet)
    {
        DateTimeOffset due = demo.Cron.NextMinute();
        Chapter($"Wait for cron: the job is due at {due.ToLocalTime().ToString("HH:mm", CultureInfo.InvariantCulture)}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(due - TimeProvider.System.GetUtcNow() + LongestRun);
        TailReport? greeting = null, dump = null;
        try
        {
            await foreach (TailItem item in fleet.Reports.TailAsync([demo.Web.Name, demo.Database.Name], 0, follow: true, limit.Token))
            {
                if (item is not TailReport report || report.Report.Report.StartTime < due) continue;
                ReportOutput.Write(output, report);
                if (report.Report.Report.JobId == Job) greeting = report;
                if (report.Report.Report.JobId == "dump") dump = report;
                if (greeting is not null && dump is not null) break;
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The time is up; the checks say what is missing.
        }
        string expected = $"100% fine{Environment.NewLine}";
        Check(greeting?.Report.Report is { ExitCode: 0 } good && good.Stdout.EndsWith(expected, StringComparison.Ordinal), "web01 ran the job through its agent, and the report is here");
        Check(dump?.Report.Report is { ExitCode: 1 } bad && bad.Stderr.Length > 0, "db01's failing job is reported with its exit code and its error");
    }

    private async Task ProveAsync(FleetControl fleet)
    {
        Chapter("Take each host's audit chain, and verify every entry");
        foreach (DemoHost host in demo.Hosts)
        {
            PullResult pull = await fleet.Audit.PullAsync(host.Name, cancellation: stop);
            CopyVerification copy = fleet.Audit.Verify(host.Name, cancellation: stop);
            Check(pull.IsGood && copy.IsGood, $"{host.Name}: VERIFIED 0–{copy.Head.Seq}, head {copy.Head.Hash[..12]}…{(pull.Message is { } message ? $": {message}" : "")}");
        }
        List<AuditRow> rows = [.. fleet.Audit.Entries(demo.Web.Name)];
        Check(rows.Any(row => row.Event == "crontab.edited"), "web01's chain holds the edit of its crontab");
        Check(rows.Any(row => row.Event == "job.finished" && row.Target == Job), "web01's chain holds the run of the job");
    }

    private async Task UndoAsync(FleetControl fleet, string before)
    {
        Chapter("Undo: the table is what it was, byte for byte");
        ChangeResult result = await fleet.Changes.ApplyAsync(await fleet.Changes.PlanUndoAsync(host: demo.Web.Name, cancellation: stop), stop);
        string after = Convert.ToHexString(await File.ReadAllBytesAsync(demo.Web.TablePath, stop));
        Check(result.IsApplied && after == before, $"web01: crontab written, verified, audit #{result.AuditSeq}");
        JobEditor table = await fleet.Jobs.OpenAsync(demo.Web.Name, cancellation: stop);
        Check(table.Jobs.Jobs.All(job => job.Name != Job && job.State != JobState.Unparsed), "the job is gone");
    }

    private async Task TamperAsync(FleetControl fleet)
    {
        Chapter("Tamper with mail01's log on the host: one recorded exit code is changed");
        output.WriteLine($"    changed entry #{demo.Mail.Tamper()} in the host's own file");
        PullResult pull;
        try
        {
            pull = await fleet.Audit.PullAsync(demo.Mail.Name, deep: true, stop);
            if (pull.IsGood) Check(false, "the pull did not see it");
            else Check(true, $"caught: {pull.Verdict}: {pull.Message}");
        }
        catch (ProblemException refused)
        {
            Check(false, $"the pull ended otherwise: {refused.Message}");
        }
        CopyVerification copy = fleet.Audit.Verify(demo.Mail.Name, cancellation: stop);
        Check(copy.Result.Verdict == Core.Audit.Verdict.Ok && copy.Conflict is not null, $"the verified copy is whole and still says what ran; the evidence of both is kept");
    }

    private async Task LoseAsync(FleetControl fleet)
    {
        Chapter("Switch web01 off: its record can still be read and verified here");
        await demo.Web.StopAsync();
        CopyVerification copy = fleet.Audit.Verify(demo.Web.Name, cancellation: stop);
        Check(copy.IsGood, $"web01: verified copy to #{copy.Head.Seq}, as of {copy.Head.PulledAt.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}, host not asked");
    }

    private void Chapter(string title)
    {
        output.WriteLine();
        output.WriteLine(title);
        output.Flush();
    }

    private void Check(bool holds, string what)
    {
        _good &= holds;
        output.WriteLine($"  {(holds ? '✓' : '✗')} {Verbs.Plain.Text(what)}");
        output.Flush();
    }
}
