using System.Collections.Concurrent;
using CcConsole.Core;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;
using CcConsole.Ssh;
using CcConsole.Store.Changes;
using Xunit;

namespace CcConsole.Fleet.Tests.Changes;

public sealed class FleetPlanTests : IAsyncDisposable
{
    private const string Table = "# mine\n0 3 * * *   /bin/backup  --all\n";
    private readonly TestFleet _fleet = new();
    private readonly ConcurrentDictionary<string, FaultyShell> _shells = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_plan_has_a_diff_for_each_host_and_says_where_nothing_would_change_and_where_no_plan_could_be_made()
    {
        FleetControl control = Open(4);
        File.WriteAllText(_fleet.TablePath("web02"), Add(Table));
        File.WriteAllText(Path.Combine(_fleet.Home("web03"), "refuse"), "");

        FleetPlan plan = await control.Plans.MakeAsync(Names(4).Append("web01").Append("web99"), table => table.Table.Bytes.Span.SequenceEqual(Bytes(Add(Table)))
            ? table.Plan(JobDraft.From(table.Jobs.Jobs[^1]), table.Jobs.Jobs[^1]) : table.Plan(Draft), reason: "ticket 7");

        Assert.Equal(["web01", "web04"], plan.Changes.Select(change => change.Host));
        Assert.All(plan.Changes, change => Assert.Equal((Add(Table), "ticket 7"), (Text(change.After), change.Reason)));
        Assert.Equal(["web02"], plan.AlreadySo);
        Assert.Equal(["web03", "web99"], plan.Unplanned.Select(left => left.Host));
        Assert.Contains("may not use crontab", plan.Unplanned[0].Problem);
        Assert.Equal(Table, _fleet.Table("web01"));
        Assert.Empty(control.Plans.List());
    }

    [Fact]
    public async Task Twenty_hosts_are_changed_byte_for_byte_with_never_more_at_once_than_asked_for()
    {
        FleetControl control = Open(20);
        FleetPlan plan = await control.Plans.MakeAsync(Names(20), table => table.Plan(Draft), options: new FleetPlanOptions { Parallelism = 3 });
        int now = 0, most = 0;
        Lock counting = new();
        using ManualResetEventSlim three = new();
        foreach (FaultyShell shell in _shells.Values)
        {
            shell.Before = (_, input) =>
            {
                if (input.Length > 0)
                {
                    lock (counting)
                    {
                        most = Math.Max(most, ++now);
                        if (most == 3)
                        {
                            three.Set();
                        }
                    }

                    // However slow the machine is, the first ones meet.
                    Assert.True(three.Wait(TimeSpan.FromSeconds(60)));
                }

                return null;
            };
            shell.After = (_, input) =>
            {
                if (input.Length > 0)
                {
                    lock (counting)
                    {
                        now--;
                    }
                }

                return null;
            };
        }

        List<FleetPlanResult> results = await Run(control.Plans.ApplyAsync(plan));

        Assert.Equal(20, results.Count(result => result.IsApplied));
        Assert.Equal(3, most);
        Assert.All(Names(20), host => Assert.Equal(Add(Table), _fleet.Table(host)));
        Assert.Equal(Enumerable.Range(0, 20), results.Select(result => result.Position).Order());
        Assert.True(control.Plans.Find(results[0].Plan).IsComplete);
        Assert.Equal("20", plan.ConfirmationWord);
    }

    [Fact]
    public async Task A_plan_that_stops_begins_no_host_after_the_first_failure_and_one_that_continues_tries_all()
    {
        FleetControl control = Open(20);
        FleetPlan plan = await control.Plans.MakeAsync(Names(20), table => table.Plan(Draft), options: new FleetPlanOptions { Parallelism = 2 });
        File.WriteAllText(Path.Combine(_fleet.Home("web05"), "full"), "");

        // The other worker does not run ahead of the one that fails.
        using ManualResetEventSlim failed = new();
        _shells["web06"].Before = (_, input) => input.Length == 0 || failed.Wait(TimeSpan.FromSeconds(60)) ? null : throw new TimeoutException();
        List<FleetPlanResult> stopped = await Run(control.Plans.ApplyAsync(plan), result =>
        {
            if (result.IsFailure)
            {
                failed.Set();
            }
        });
        Assert.Equal(20, stopped.Count);
        FleetPlanResult failure = Assert.Single(stopped, result => result.IsFailure);
        Assert.Equal(("web05", MemberState.Refused), (failure.Change.Host, failure.State));
        Assert.Contains("No space left", failure.Message);
        Assert.InRange(stopped.Count(result => result.IsApplied), 4, 5);
        Assert.All(stopped.Where(result => result.State == MemberState.NotStarted), result => Assert.Equal(Table, _fleet.Table(result.Change.Host)));
        Assert.Equal(stopped.Count(result => result.IsApplied), control.Changes.List().Count(change => change.Outcome == ChangeOutcome.Applied));

        List<FleetPlanResult> continued = await Run(control.Plans.RunAsync(failure.Plan, plan.Options with { ContinueOnFailure = true }));
        Assert.Equal("web05", Assert.Single(continued, result => !result.IsApplied).Change.Host);
        Assert.Equal(20 - stopped.Count(result => result.IsApplied), continued.Count);
        Assert.Equal(19, Names(20).Count(host => _fleet.Table(host) == Add(Table)));

        File.Delete(Path.Combine(_fleet.Home("web05"), "full"));
        Assert.True(Assert.Single(await Run(control.Plans.RunAsync(failure.Plan))).IsApplied);
        Assert.Empty(await Run(control.Plans.RunAsync(failure.Plan)));
    }

    [Fact]
    public async Task A_plan_that_was_cancelled_carries_through_what_is_under_way_and_is_resumed_only_where_the_table_still_is_what_it_was_made_from()
    {
        FleetControl control = Open(8);
        FleetPlan plan = control.Plans.Begin(await control.Plans.MakeAsync(Names(8), table => table.Plan(Draft), options: new FleetPlanOptions { Parallelism = 2 }));
        using CancellationTokenSource stop = new();
        // The other worker does not run ahead of the one that cancels.
        _shells["web03"].Before = (_, input) => input.Length == 0 || stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)) ? null : throw new TimeoutException();
        _shells["web02"].Before = (_, input) =>
        {
            if (input.Length > 0)
            {
                stop.Cancel();
            }

            return null;
        };
        List<FleetPlanResult> cancelled = await Run(control.Plans.RunAsync(plan.Id, null, stop.Token));
        Assert.Equal(8, cancelled.Count);
        Assert.Contains(cancelled, result => result.Change.Host == "web02" && result.IsApplied);
        Assert.DoesNotContain(cancelled, result => result.IsFailure);
        Assert.InRange(cancelled.Count(result => result.IsApplied), 1, 3);

        File.AppendAllText(_fleet.TablePath("web08"), "# theirs\n");
        List<FleetPlanResult> resumed = await Run(control.Plans.RunAsync(plan.Id, plan.Options with { ContinueOnFailure = true }));
        FleetPlanResult refused = Assert.Single(resumed, result => !result.IsApplied);
        Assert.Equal(("web08", MemberState.Refused, true), (refused.Change.Host, refused.State, refused.Result!.IsConflict));
        Assert.Contains("changed by someone else", refused.Message);
        Assert.Equal(Table + "# theirs\n", _fleet.Table("web08"));
        Assert.All(Names(7), host => Assert.Equal(Add(Table), _fleet.Table(host)));

        FleetPlan again = await control.Plans.MakeAsync([refused.Change.Host], table => table.Plan(Draft));
        Assert.True(Assert.Single(await Run(control.Plans.ApplyAsync(again))).IsApplied);
        Assert.Equal(Add(Table + "# theirs\n"), _fleet.Table("web08"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_was_lost_in_the_write_is_settled_by_reading_and_not_written_twice(bool written)
    {
        FleetControl control = Open(3);
        FleetPlan plan = control.Plans.Begin(await control.Plans.MakeAsync(Names(3), table => table.Plan(Draft), options: new FleetPlanOptions { ContinueOnFailure = true }));
        bool gone = false;
        int writes = 0;
        HostProblemException? Lose(string command, ReadOnlyMemory<byte> input) => input.Length > 0 && (gone = true) ? FaultyShell.Lost("web02") : null;
        _shells["web02"].Before = (command, input) => gone ? FaultyShell.Refused("web02") : written ? null : Lose(command, input);
        _shells["web02"].After = (command, input) => written ? Lose(command, input) : null;

        List<FleetPlanResult> lost = await Run(control.Plans.RunAsync(plan.Id));
        Assert.Equal(MemberState.Interrupted, Assert.Single(lost, result => !result.IsApplied).State);
        Assert.Equal(MemberState.Interrupted, Assert.Single(await Run(control.Plans.RunAsync(plan.Id))).State);

        gone = false;
        _shells["web02"].Before = (_, input) =>
        {
            writes += input.Length > 0 ? 1 : 0;
            return null;
        };
        _shells["web02"].After = (_, _) => null;
        Assert.True(Assert.Single(await Run(control.Plans.RunAsync(plan.Id))).IsApplied);
        Assert.Equal(written ? 0 : 1, writes);
        Assert.Equal(Add(Table), _fleet.Table("web02"));
    }

    [Fact]
    public async Task A_host_that_is_not_reached_is_said_so_nothing_was_sent_and_it_is_tried_again()
    {
        FleetControl control = Open(3);
        FleetPlan plan = control.Plans.Begin(await control.Plans.MakeAsync(Names(3), table => table.Plan(Draft)));
        await control.DisposeAsync();
        control = _fleet.Open();
        _fleet.Wraps["web01"] = inner => new FaultyShell(inner) { Before = (_, _) => FaultyShell.Refused("web01") };

        List<FleetPlanResult> results = await Run(control.Plans.RunAsync(plan.Id, plan.Options with { ContinueOnFailure = true }));
        FleetPlanResult away = Assert.Single(results, result => !result.IsApplied);
        Assert.Equal((MemberState.NotReached, "Is sshd running there?"), (away.State, away.Hint));
        Assert.Equal(MemberState.NotReached, control.Plans.Find(plan.Id).Members[0].State);
        Assert.Equal(2, control.Changes.List().Count);

        await control.DisposeAsync();
        _fleet.Wraps.Clear();
        control = _fleet.Open();
        Assert.True(Assert.Single(await Run(control.Plans.RunAsync(plan.Id))).IsApplied);
    }

    [Fact]
    public async Task Two_consoles_at_the_same_plan_apply_each_change_once()
    {
        FleetControl first = Open(20), second = _fleet.Open();
        FleetPlan plan = first.Plans.Begin(await first.Plans.MakeAsync(Names(20), table => table.Plan(Draft)));

        List<FleetPlanResult>[] both = await Task.WhenAll(Task.Run(() => Run(first.Plans.RunAsync(plan.Id))), Task.Run(() => Run(second.Plans.RunAsync(plan.Id))));

        Assert.Equal(20, first.Changes.List().Count);
        Assert.Equal(20, both.Sum(results => results.Count(result => result.Result is not null)));
        Assert.DoesNotContain(both.SelectMany(results => results), result => result.IsFailure);
        Assert.True(second.Plans.Find(plan.Id).IsComplete);
        Assert.All(Names(20), host => Assert.Equal(Add(Table), _fleet.Table(host)));
    }

    [Fact]
    public async Task A_plan_is_undone_as_one_and_what_was_changed_since_is_listed_and_left()
    {
        FleetControl control = Open(5);
        FleetPlan plan = control.Plans.Begin(await control.Plans.MakeAsync(Names(5), table => table.Plan(Draft)));
        await Assert.ThrowsAsync<ProblemException>(() => control.Plans.PlanUndoAsync(plan.Id));
        await Run(control.Plans.RunAsync(plan.Id));
        File.AppendAllText(_fleet.TablePath("web03"), "# later\n");

        FleetPlan undo = await control.Plans.PlanUndoAsync(plan.Id);
        Assert.Equal(["web01", "web02", "web04", "web05"], undo.Changes.Select(change => change.Host));
        Assert.Contains("changed again", Assert.Single(undo.Unplanned).Problem);
        List<FleetPlanResult> undone = await Run(control.Plans.ApplyAsync(undo));
        Assert.Equal(4, undone.Count(result => result.IsApplied));
        Assert.Equal(Table, _fleet.Table("web01"));
        Assert.Equal(Add(Table) + "# later\n", _fleet.Table("web03"));
        Assert.Equal(plan.Id, control.Plans.Find(undone[0].Plan).Undoes);

        List<FleetPlanResult> redone = await Run(control.Plans.ApplyAsync(await control.Plans.PlanUndoAsync(undone[0].Plan)));
        Assert.Equal(4, redone.Count(result => result.IsApplied));
        Assert.Equal(Add(Table), _fleet.Table("web05"));
    }

    [Fact]
    public async Task A_read_only_console_notes_and_sends_nothing()
    {
        FleetControl writing = Open(2), control = _fleet.Open(readOnly: true);
        FleetPlan plan = await control.Plans.MakeAsync(Names(2), table => table.Plan(Draft));
        Assert.Contains("read-only", Assert.Throws<ProblemException>(() => control.Plans.Begin(plan)).Message);
        long noted = writing.Plans.Begin(plan).Id;
        Assert.Throws<ProblemException>(() => control.Plans.RunAsync(noted));
        Assert.Equal(Table, _fleet.Table("web01"));
    }

    private static JobDraft Draft => new() { Schedule = "*/5 * * * *", Command = "/bin/probe" };

    private static string Add(string table) => table + "*/5 * * * * /bin/probe\n";

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(1, count).Select(i => $"web{i:00}");

    private static async Task<List<FleetPlanResult>> Run(IAsyncEnumerable<FleetPlanResult> results, Action<FleetPlanResult>? told = null)
    {
        List<FleetPlanResult> all = [];
        await foreach (FleetPlanResult result in results)
        {
            all.Add(result);
            told?.Invoke(result);
        }

        return all;
    }

    private FleetControl Open(int hosts)
    {
        FleetControl control = _fleet.Open();
        foreach (string host in Names(hosts))
        {
            _fleet.Wraps[host] = inner => _shells[host] = new FaultyShell(inner);
            control.Hosts.Add(_fleet.MakeHost(host, Table));
        }

        return control;
    }
}
