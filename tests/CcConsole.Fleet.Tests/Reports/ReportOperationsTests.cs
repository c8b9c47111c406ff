using System.Threading.Channels;
using CcConsole.Core.Reports;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Monitoring;
using CcConsole.Fleet.Reports;
using CcConsole.Store.Reports;
using Xunit;

namespace CcConsole.Fleet.Tests.Reports;

public sealed class ReportOperationsTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;
    private AgentDouble _agent = null!;

    public ReportOperationsTests()
    {
        _fleet.Wraps["web01"] = inner => _agent ??= new AgentDouble(inner);
        _control = _fleet.Open();
        _control.Hosts.Add(_fleet.MakeHost("web01"));
        _control.Hosts.TestAsync(_control.Hosts.Get("web01")).GetAwaiter().GetResult();
        _agent.NewChain("c0ffee");
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Reports_are_fetched_once_each_and_shown_as_they_came()
    {
        _agent.Report("backup", 3);
        _agent.Report("clean");
        Assert.Equal(2, await _control.Reports.FetchAsync("web01"));
        Assert.Equal(0, await _control.Reports.FetchAsync("web01"));
        _agent.Report("backup");
        Assert.Equal(1, await _control.Reports.FetchAsync("web01"));
        StoredReport failed = Assert.Single(_control.Reports.List(new ReportFilter { FailuresOnly = true }));
        RecordedReport shown = _control.Reports.Show(failed.Id);
        Assert.Equal(("backup", 3, "out"), (shown.Report.JobId, shown.Report.ExitCode, shown.Report.Stdout));
    }

    [Fact]
    public async Task A_report_of_an_impossible_time_is_the_hosts_failure_and_ends_nothing_else()
    {
        _agent.Report("backup");
        _agent.Reports[0] = _agent.Reports[0] with { Report = _agent.Reports[0].Report with { DurationMs = long.MaxValue } };
        await _control.Monitor.RefreshAsync();
        Assert.Contains("impossible time", _control.Monitor.Current.Host("web01")!.Cause);
        _agent.Reports[0] = _agent.Reports[0] with { Report = _agent.Reports[0].Report with { DurationMs = 1, StartTime = DateTimeOffset.MaxValue } };
        await _control.Monitor.RefreshAsync();
        Assert.Contains("impossible time", _control.Monitor.Current.Host("web01")!.Cause);
        Assert.Empty(_control.Reports.List(new ReportFilter()));
    }

    [Fact]
    public async Task A_host_that_counts_anew_loses_no_report()
    {
        _agent.Report("old1");
        _agent.Report("old2");
        await _control.Reports.FetchAsync("web01");
        _agent.Reports.Clear();
        _agent.Report("new");
        Assert.Equal(1, await _control.Reports.FetchAsync("web01"));
        Assert.Equal(["new", "old1", "old2"], _control.Reports.List(new ReportFilter()).Select(report => report.JobId).Order());
    }

    [Fact]
    public async Task A_tail_begins_with_the_last_ones_and_goes_on_with_new_ones_and_marks_the_gap_of_a_lost_connection()
    {
        _agent.Report("one");
        _agent.Report("two");
        _agent.Report("three");
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        await using IAsyncEnumerator<TailItem> tail = _control.Reports.TailAsync(["web01"], 2, true, stop.Token).GetAsyncEnumerator();
        async Task<TailItem> Next() => await tail.MoveNextAsync() ? tail.Current : throw new ChannelClosedException();
        Assert.Equal("two", Assert.IsType<TailReport>(await Next()).Report.Report.JobId);
        Assert.Equal("three", Assert.IsType<TailReport>(await Next()).Report.Report.JobId);
        ValueTask<bool> waiting = tail.MoveNextAsync();
        _agent.Report("four");
        Assert.True(await waiting);
        Assert.Equal("four", Assert.IsType<TailReport>(tail.Current).Report.Report.JobId);

        _agent.Refuses = true;
        _agent.Cut();
        Assert.Contains("lost", Assert.IsType<TailProblem>(await Next()).Cause);
        _agent.Report("five");
        Assert.Contains("refuses", Assert.IsType<TailProblem>(await Next()).Cause);
        _agent.Refuses = false;
        TailGap gap = Assert.IsType<TailGap>(await Next());
        Assert.True(gap.To > gap.From);
        Assert.Equal("five", Assert.IsType<TailReport>(await Next()).Report.Report.JobId);
        ValueTask<bool> more = tail.MoveNextAsync();
        _agent.Report("six");
        Assert.True(await more);
        Assert.Equal("six", Assert.IsType<TailReport>(tail.Current).Report.Report.JobId);
    }

    [Fact]
    public async Task A_tail_that_does_not_follow_ends_and_names_a_host_without_an_agent()
    {
        _control.Hosts.Add(_fleet.MakeHost("bare"));
        _agent.Report("one");
        List<TailItem> items = [];
        await foreach (TailItem item in _control.Reports.TailAsync(["web01", "bare"], 5, false))
        {
            items.Add(item);
        }

        Assert.Equal(2, items.Count);
        Assert.Contains("no agent", Assert.Single(items.OfType<TailProblem>()).Cause);
    }

    [Fact]
    public async Task The_monitor_shows_a_run_a_moment_after_it_was_reported_and_holds_its_entry()
    {
        _control.Monitor.Start();
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int i = 0; i < 1200 && _control.Monitor.Current.Loaded == 0; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(1, _control.Monitor.Current.Loaded);
        long before = _control.Monitor.Current.LastReport;
        _control.Monitor.Changed += snapshot =>
        {
            if (snapshot.LastReport > before && snapshot.Host("web01")!.Head?.Seq >= 1)
            {
                seen.TrySetResult();
            }
        };
        _agent.Append("job.finished");
        _agent.Report("backup");
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
        HostRow row = _control.Monitor.Current.Host("web01")!;
        Assert.Equal(("9.9", "Europe/Berlin"), (row.AgentVersion, row.Zone));
    }

    [Fact]
    public void The_status_of_a_job_comes_from_its_runs_and_its_schedule()
    {
        const int Skipped = -2;
        DateTimeOffset now = new(2026, 11, 21, 12, 30, 0, TimeSpan.Zero);
        (Status Status, string? Cause) Of(string schedule, params (DateTimeOffset Start, int Exit)[] runs)
        {
            using var folder = new TemporaryFolder();
            FleetOptions options = new()
            {
                StateDirectory = folder.Path,
                ConfigDirectory = folder.Path,
                Shells = _ => throw new InvalidOperationException(),
                Actor = "a",
                Origin = "o",
                Time = new StandingTime(now),
            };
            using var cache = Store.CacheDatabase.Open(Path.Combine(folder.Path, "s", "cache.db"), options.Time);
            cache.Hosts.Save(new() { Host = "web01", State = "ok", AttemptedAt = now, Dialect = "cronie", Zone = "Europe/Berlin" });
            cache.Hosts.SaveTable(new("web01", "root", System.Text.Encoding.UTF8.GetBytes($"{schedule} /a/cc-agent exec --job-id j -- /bin/sh -c 'x'\n"), now));
            cache.Reports.Add([.. runs.Select((run, i) => new StoredReport
            {
                Host = "web01", Seq = i, JobId = "j", StartedAt = run.Start, Duration = TimeSpan.FromSeconds(1), ExitCode = run.Exit == Skipped ? 0 : run.Exit, Refused = run.Exit == Skipped ? "overlap" : null, IsLost = run.Exit == -1, Json = "{}"u8.ToArray(),
            })]);
            JobRow row = Assert.Single(new JobRows(cache, options).Of(new CcConsole.Fleet.Hosts.HostEntry { Name = "web01", Destination = "local" }));
            Assert.Equal(runs.Length, row.Runs.Count);
            return (row.Status, row.Cause);
        }

        Assert.Equal(Status.Unknown, Of("0 * * * *").Status);
        Assert.Equal(Status.Ok, Of("0 * * * *", (now.AddMinutes(-30), 0)).Status);
        Assert.Equal((Status.Fail, "exit code 7"), Of("0 * * * *", (now.AddMinutes(-90), 0), (now.AddMinutes(-30), 7)));
        Assert.Equal((Status.Late, "the run due 13:00 was not reported"), Of("0 * * * *", (now.AddMinutes(-90), 0)));

        // One that was not begun is reported, so it is not late; how the job is, the last one that was begun tells.
        Assert.Equal((Status.Ok, "the last run was not begun: overlap"), Of("0 * * * *", (now.AddMinutes(-90), 0), (now.AddMinutes(-30), Skipped)));
        Assert.Equal((Status.Fail, "exit code 7; the last run was not begun: overlap"), Of("0 * * * *", (now.AddMinutes(-90), 7), (now.AddMinutes(-30), Skipped)));
        Assert.Equal((Status.Unknown, "the last run was not begun: overlap"), Of("0 * * * *", (now.AddMinutes(-30), Skipped)));
        Assert.Equal((Status.Fail, "the last run was lost: nobody knows how it ended"), Of("0 * * * *", (now.AddMinutes(-30), -1)));
        Assert.Equal(Status.Ok, Of("29 * * * *", (now.AddMinutes(-61), 0)).Status);
        Assert.Equal(Status.Off, Of("#cc-paused 0 * * * *", (now.AddDays(-3), 0)).Status);
        Assert.Equal(Status.Ok, Of("@reboot", (now.AddDays(-3), 0)).Status);

        // 07:00 in New York is half an hour ago; with the delay the daemon may have drawn, it is not late yet.
        DateTimeOffset yesterday = now.AddDays(-1).AddMinutes(-20);
        Assert.Equal((Status.Late, "the run due 07:00 was not reported"), Of("CRON_TZ=America/New_York\n0 7 * * *", (yesterday, 0)));
        Assert.Equal(Status.Ok, Of("CRON_TZ=America/New_York\nRANDOM_DELAY=60\n0 7 * * *", (yesterday, 0)).Status);
        Assert.Equal(Status.Ok, Of("CRON_TZ=Mars/Olympus\n0 7 * * *", (yesterday, 0)).Status);
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("cc-rows-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
