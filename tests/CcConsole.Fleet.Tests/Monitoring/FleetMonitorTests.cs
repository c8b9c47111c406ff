using CcConsole.Fleet.Monitoring;
using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Fleet.Tests.Monitoring;

public sealed class FleetMonitorTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Hosts_are_looked_at_and_a_dead_one_is_a_row_like_any_other()
    {
        FleetControl control = _fleet.Open(change: options => options with { PollInterval = TimeSpan.FromMinutes(1) });
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n#cc-paused 1 1 1 1 1 x\n61 * * * * bad\n"));
        _fleet.Wraps["gone"] = inner => new FaultyShell(inner) { Before = (_, _) => FaultyShell.Refused("gone") };
        control.Hosts.Add(_fleet.MakeHost("gone"));
        FleetSnapshot first = control.Monitor.Current;
        Assert.Equal(0, first.Loaded);

        await control.Monitor.RefreshAsync();
        FleetSnapshot snapshot = control.Monitor.Current;
        Assert.Equal(["web01", "gone"], snapshot.Hosts.Select(host => host.Name));
        Assert.Equal(2, snapshot.Loaded);
        HostRow web = snapshot.Host("web01")!;
        Assert.Equal((Status.Ok, 3, false), (web.Status, web.Jobs!.Value, web.IsStale));
        Assert.NotNull(web.NextRun);
        Assert.Equal([Status.Unknown, Status.Off, Status.Unknown], snapshot.JobsOf("web01").Select(job => job.Status));
        HostRow gone = snapshot.Host("gone")!;
        Assert.Equal((Status.Offline, "gone refuses connections", "Is sshd running there?"), (gone.Status, gone.Cause, gone.Hint));
        Assert.NotNull(gone.FailingSince);
        Assert.Null(gone.Jobs);
    }

    [Fact]
    public async Task A_cache_that_fails_for_a_while_stops_no_host_from_being_looked_at_afterwards()
    {
        FleetControl control = _fleet.Open(change: options => options with { PollInterval = TimeSpan.FromMinutes(1) });
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));
        await control.Monitor.RefreshAsync();
        await using (await _fleet.SqlAsync("ALTER TABLE report RENAME TO away", "ALTER TABLE away RENAME TO report"))
        {
            await control.Monitor.RefreshAsync();
            Assert.NotNull(control.Monitor.Current.CacheProblem);
        }

        File.WriteAllText(_fleet.TablePath("web01"), "0 3 * * * true\n0 4 * * * true\n");
        await control.Monitor.RefreshAsync();
        HostRow row = control.Monitor.Current.Host("web01")!;
        Assert.Null(control.Monitor.Current.CacheProblem);
        Assert.Equal((2, false), (row.Jobs!.Value, row.IsRefreshing));
    }

    [Fact]
    public async Task What_was_known_is_shown_at_once_at_the_next_start_and_never_green_when_old()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));
        await control.Monitor.RefreshAsync();
        await control.DisposeAsync();

        FleetControl later = _fleet.Open(change: options => options with { Time = new LaterTime(TimeSpan.FromHours(1)) });
        HostRow row = later.Monitor.Current.Host("web01")!;
        Assert.Equal((Status.Unknown, 1, true), (row.Status, row.Jobs!.Value, row.IsStale));
        Assert.True(Assert.Single(later.Monitor.Current.Jobs).IsStale);
        Assert.NotNull(row.LastContact);
    }

    [Fact]
    public async Task A_host_that_does_not_come_to_an_end_keeps_no_other_from_its_turn()
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fleet.Wraps["slow"] = inner => new SlowShell(inner, end.Task);
        FleetControl control = _fleet.Open(change: options => options with { PollInterval = TimeSpan.FromMinutes(1), Parallelism = 1, LongestTurn = TimeSpan.FromMilliseconds(100) });
        control.Hosts.Add(_fleet.MakeHost("slow", "0 3 * * * true\n"));
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));

        Task refresh = control.Monitor.RefreshAsync();
        for (int tries = 0; tries < 2400 && control.Monitor.Current.Loaded == 0; tries++)
        {
            await Task.Delay(25);
        }

        Assert.Equal((Status.Ok, true), (control.Monitor.Current.Host("web01")!.Status, control.Monitor.Current.Host("slow")!.IsRefreshing));
        end.SetResult();
        await refresh;
        Assert.Equal((Status.Ok, 2), (control.Monitor.Current.Host("slow")!.Status, control.Monitor.Current.Loaded));
    }

    [Fact]
    public async Task Of_snapshots_made_at_once_none_is_told_after_a_newer_one_and_the_last_is_told()
    {
        FleetControl control = _fleet.Open(change: options => options with { Time = new CountingTime() });
        List<DateTimeOffset> told = [];
        control.Monitor.Changed += snapshot => told.Add(snapshot.At);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                control.Monitor.Publish();
            }
        })));
        Assert.Equal(told.Order(), told);
        Assert.Equal(control.Monitor.Current.At, told[^1]);
    }

    [Fact]
    public async Task Once_started_it_keeps_looking_and_tells_of_each_change()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));
        TaskCompletionSource two = new(TaskCreationOptions.RunContinuationsAsynchronously);
        control.Monitor.Changed += snapshot =>
        {
            if (snapshot.Jobs.Count == 2)
            {
                two.TrySetResult();
            }
        };
        control.Monitor.Start();
        File.AppendAllText(_fleet.TablePath("web01"), "0 4 * * * false\n");
        await two.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_host_that_never_answers_keeps_no_other_from_being_looked_at_again()
    {
        FleetControl control = _fleet.Open();
        _fleet.Wraps["mute"] = inner => new MuteShell(inner);
        control.Hosts.Add(_fleet.MakeHost("mute"));
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));
        TaskCompletionSource one = new(TaskCreationOptions.RunContinuationsAsynchronously), two = new(TaskCreationOptions.RunContinuationsAsynchronously);
        control.Monitor.Changed += snapshot => (snapshot.Jobs.Count switch { 1 => one, 2 => two, _ => new() }).TrySetResult();
        control.Monitor.Start();
        await one.Task.WaitAsync(TimeSpan.FromSeconds(60));
        File.AppendAllText(_fleet.TablePath("web01"), "0 4 * * * false\n");
        await two.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(control.Monitor.Current.Host("mute")!.IsRefreshing);
    }

    [Fact]
    public async Task A_fault_of_the_console_itself_is_said_in_the_row_of_the_host_that_met_it()
    {
        FleetControl control = _fleet.Open();
        _fleet.Wraps["odd"] = inner => new FaultyShell(inner) { Before = (_, _) => throw new FormatException("not foreseen") };
        control.Hosts.Add(_fleet.MakeHost("odd"));
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));
        await control.Monitor.RefreshAsync();
        HostRow odd = control.Monitor.Current.Host("odd")!;
        Assert.Equal(Status.Fail, odd.Status);
        Assert.Contains("not foreseen", odd.Cause);
        Assert.Equal(Status.Ok, control.Monitor.Current.Host("web01")!.Status);
    }

    [Fact]
    public async Task A_fault_of_the_console_itself_while_a_host_is_followed_is_said_in_its_row()
    {
        FaultyTime time = new();
        AgentDouble agent = null!;
        _fleet.Wraps["web01"] = inner => agent = new AgentDouble(inner);
        FleetControl control = _fleet.Open(change: options => options with { Time = time, PollInterval = TimeSpan.FromHours(1) });
        control.Hosts.Add(_fleet.MakeHost("web01"));
        await control.Hosts.TestAsync(control.Hosts.Get("web01"));
        agent.NewChain("c0ffee");
        await control.Monitor.RefreshAsync();
        Assert.Equal(Status.Ok, control.Monitor.Current.Host("web01")!.Status);
        time.Faults = 1;
        agent.Report("backup");
        HostRow row = control.Monitor.Current.Host("web01")!;
        for (int tries = 0; tries < 2400 && row.Status != Status.Fail; tries++)
        {
            await Task.Delay(25);
            row = control.Monitor.Current.Host("web01")!;
        }

        Assert.Equal(Status.Fail, row.Status);
        Assert.Contains("not foreseen", row.Cause);
    }

    /// <summary>A clock that fails so many times in a way that no one has foreseen.</summary>
    private sealed class FaultyTime : TimeProvider
    {
        public volatile int Faults;

        public override DateTimeOffset GetUtcNow() => Faults > 0 && Interlocked.Decrement(ref Faults) >= 0 ? throw new FormatException("not foreseen") : base.GetUtcNow();
    }

    [Fact]
    public async Task An_error_in_the_list_of_hosts_is_told_and_mended_without_a_restart()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01"));
        string file = Path.Combine(_fleet.ConfigDirectory, "hosts.json"), good = File.ReadAllText(file);
        File.WriteAllText(file, "{");
        control.Monitor.Publish();
        Assert.Contains("hosts.json", control.Monitor.Current.HostsProblem);
        File.WriteAllText(file, good + " ");
        await control.Monitor.RefreshAsync();
        Assert.Null(control.Monitor.Current.HostsProblem);
        Assert.Single(control.Monitor.Current.Hosts);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_is_a_failure_of_that_host_with_its_cause()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", "0 3 * * * true\n"));
        await control.Monitor.RefreshAsync();
        File.WriteAllText(Path.Combine(_fleet.Home("web01"), "refuse"), "");
        await control.Monitor.RefreshAsync("web01");
        HostRow row = control.Monitor.Current.Host("web01")!;
        Assert.Equal(Status.Fail, row.Status);
        Assert.Contains("may not use crontab", row.Cause);
        Assert.Equal(1, row.Jobs);
    }

    private sealed class MuteShell(IHostShell inner) : IHostShell
    {
        public string Host => inner.Host;

        public async Task<CommandResult> RunAsync(string command, ReadOnlyMemory<byte> input = default, CommandOptions? options = null, CancellationToken cancellation = default)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        }

        public Task<ICommandStream> OpenAsync(string command, CommandOptions? options = null, CancellationToken cancellation = default) =>
            inner.OpenAsync(command, options, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    /// <summary>A shell whose host does not come to an end before it is told to.</summary>
    private sealed class SlowShell(IHostShell inner, Task end) : IHostShell
    {
        public string Host => inner.Host;

        public async Task<CommandResult> RunAsync(string command, ReadOnlyMemory<byte> input = default, CommandOptions? options = null, CancellationToken cancellation = default)
        {
            await end.WaitAsync(cancellation);
            return await inner.RunAsync(command, input, options, cancellation);
        }

        public async Task<ICommandStream> OpenAsync(string command, CommandOptions? options = null, CancellationToken cancellation = default)
        {
            await end.WaitAsync(cancellation);
            return await inner.OpenAsync(command, options, cancellation);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>A clock that is a millisecond later each time that it is asked.</summary>
    private sealed class CountingTime : TimeProvider
    {
        private long _now;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(Interlocked.Increment(ref _now));
    }
}
