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
        FleetControl control = _fleet.Open();
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
        await two.Task.WaitAsync(TimeSpan.FromSeconds(20));
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
        await one.Task.WaitAsync(TimeSpan.FromSeconds(20));
        File.AppendAllText(_fleet.TablePath("web01"), "0 4 * * * false\n");
        await two.Task.WaitAsync(TimeSpan.FromSeconds(20));
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
}
