using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

public sealed class OwnChainTests : IAsyncDisposable
{
    private const string Table = "# mine\n0 3 * * * true\n";
    private readonly TestFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private FleetControl Open()
    {
        FleetControl control = _fleet.Open();
        if (control.Hosts.List().Count == 0)
        {
            control.Hosts.Add(_fleet.MakeHost("web01", Table));
        }

        return control;
    }

    private static async Task<ChangeResult> AddAsync(FleetControl control, string command)
    {
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        return await control.Changes.ApplyAsync(editor.Plan(new JobDraft { Schedule = "@daily", Command = command }));
    }

    [Fact]
    public async Task What_a_console_changed_and_ran_is_in_its_own_chain_signed_and_read_as_a_hosts()
    {
        FleetControl control = Open();
        Assert.True((await AddAsync(control, "echo \u202eevil")).IsApplied);
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        await foreach (RunEvent _ in control.Jobs.RunAsync(editor, editor.Jobs.Jobs[0]))
        {
        }

        AuditRow edited = control.Audit.Entries(OwnChain.Name).Single(row => row.Event == AuditEvents.CrontabEdited);
        JsonElement entry = JsonDocument.Parse(edited.Line).RootElement;
        Assert.Equal(("alice", "laptop", "web01", "applied"),
            (edited.Actor, entry.GetProperty("origin").GetString(), entry.GetProperty("host").GetString(), entry.GetProperty("outcome").GetString()));
        Assert.Contains("+", entry.GetProperty("diff").GetString());
        Assert.Contains("\u202eevil", entry.GetProperty("diff").GetString());
        Assert.Equal(Sha256.Hash(File.ReadAllBytes(_fleet.TablePath("web01"))).ToString(), entry.GetProperty("sha256_after").GetString());
        Assert.Equal(editor.Jobs.Jobs[0].Id, control.Audit.Entries(OwnChain.Name).Single(row => row.Event == AuditEvents.JobRequested).Target);
        await control.DisposeAsync();

        // The next console finds the signature of the one before, and holds the chain against what it remembers.
        FleetControl next = Open();
        Assert.Equal([AuditEvents.Checkpoint, AuditEvents.KeyNext], next.Audit.Entries(OwnChain.Name).Take(2).Select(row => row.Event));
        Assert.True(next.Audit.Verify(OwnChain.Name).IsGood);
        Assert.Contains(next.Audit.States(), state => state is { Host: OwnChain.Name, IsGood: true });
        string file = Path.Combine(_fleet.Root, "own.jsonl");
        Assert.Equal(next.Audit.Head(OwnChain.Name).Offset, next.Audit.Export(OwnChain.Name, file));
    }

    [Fact]
    public async Task What_was_changed_in_the_own_chains_files_before_their_end_is_found_when_a_comparison_is_due()
    {
        FleetControl control = Open();
        Assert.True((await AddAsync(control, "echo first")).IsApplied);
        Assert.DoesNotContain(control.Audit.States(), state => state.IsBad);
        string file = Directory.GetFiles(control.Own.File.Directory).Order(StringComparer.Ordinal).First();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"actor\": \"alice\"", "\"actor\": \"mallo\"", StringComparison.Ordinal));

        FleetControl later = _fleet.Open(change: options => options with { DeepInterval = TimeSpan.Zero });

        Assert.Contains(later.Audit.States(), state => state.Host == OwnChain.Name && state.IsBad);
    }

    [Fact]
    public async Task A_change_is_refused_while_the_own_chain_cannot_be_written_and_reading_goes_on()
    {
        FleetControl control = Open();
        Assert.True((await AddAsync(control, "echo first")).IsApplied);
        string folder = control.Own.File.Directory, table = _fleet.Table("web01");
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        ProblemException refused = await Assert.ThrowsAsync<ProblemException>(() => AddAsync(control, "echo second"));
        Assert.Contains("own audit chain cannot be written", refused.Message);
        Assert.Contains("was not done", refused.Message);
        await Assert.ThrowsAsync<ProblemException>(async () =>
        {
            await foreach (RunEvent _ in control.Jobs.RunAsync(editor, editor.Jobs.Jobs[0]))
            {
            }
        });
        Assert.Equal(table, _fleet.Table("web01"));
        Assert.NotNull(control.Own.Problem);

        File.SetUnixFileMode(folder, (UnixFileMode)0b111_000_000);
        Assert.True((await AddAsync(control, "echo second")).IsApplied);
        Assert.Null(control.Own.Problem);
    }

    [Fact]
    public async Task What_could_not_be_recorded_is_told_by_its_name_once_and_what_was_not_signed_is_signed_later()
    {
        FleetControl control = Open();
        Assert.True((await AddAsync(control, "echo first")).IsApplied);
        List<string> told = [];
        control.Own.Failed += told.Add;
        string folder = control.Own.File.Directory;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        Assert.NotNull(control.Own.Record(AuditEvents.JobStopped, "web01"));
        Assert.NotNull(control.Own.Record(AuditEvents.JobStopped, "web01"));
        Assert.NotNull(control.Own.Record(AuditEvents.HostKeyAccepted, "web02"));
        Assert.Equal(2, told.Count);
        Assert.All(told, text => Assert.Contains("own audit chain cannot be written", text));
        Assert.EndsWith("job.stopped of web01 is not recorded", told[0]);
        Assert.EndsWith("host.key_accepted of web02 is not recorded", told[1]);
        Assert.NotNull(control.Own.Finish());

        File.SetUnixFileMode(folder, (UnixFileMode)0b111_000_000);
        control.Own.Demand("nothing");
        Assert.Null(control.Own.Problem);
        // All is well again, and what is missing is missing still.
        Assert.EndsWith("job.stopped of web01 is not recorded, nor are 2 entries after it", control.Own.Finish());
        Assert.Equal(AuditEvents.Checkpoint, control.Audit.Entries(OwnChain.Name).First().Event);
    }

    [Fact]
    public async Task A_signature_that_is_due_when_there_is_nothing_to_sign_takes_no_alarm_back()
    {
        FleetControl first = Open();
        Assert.True((await AddAsync(first, "echo first")).IsApplied);
        string folder = first.Own.File.Directory;
        await first.DisposeAsync();
        HookedTime time = new();
        FleetControl control = _fleet.Open(change: options => options with { Time = time });
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        Assert.NotNull(control.Own.Record(AuditEvents.JobStopped, "web01"));
        time.Tick(TimeSpan.FromMinutes(5));
        Assert.Contains("own audit chain cannot be written", control.Own.Problem);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_000_000);
        Assert.EndsWith("job.stopped of web01 is not recorded", control.Own.Finish());
    }

    [Fact]
    public async Task Two_consoles_that_take_in_the_own_chain_at_once_are_no_alarm()
    {
        HookedTime time = new();
        FleetControl other = Open(), control = _fleet.Open(change: options => options with { Time = time });
        Assert.True((await AddAsync(other, "echo first")).IsApplied);
        List<string> told = [];
        control.Own.Failed += told.Add;
        int raced = 0;
        time.Asked = () =>
        {
            time.Asked = null;
            raced++;
            Assert.Contains(other.Audit.States(), state => state.Host == OwnChain.Name);
        };
        Assert.Contains(control.Audit.States(), state => state is { Host: OwnChain.Name, IsGood: true });
        Assert.Equal(1, raced);
        Assert.Empty(told);
        Assert.Null(control.Own.Problem);
    }

    /// <summary>The clock, with something that happens when it is asked, and timers that go off when a test says so.</summary>
    private sealed class HookedTime : TimeProvider
    {
        private readonly List<(TimeSpan Period, Action Callback)> _timers = [];

        public Action? Asked { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            Asked?.Invoke();
            return base.GetUtcNow();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_timers)
            {
                _timers.Add((period, () => callback(state)));
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }

        public void Tick(TimeSpan period)
        {
            lock (_timers)
            {
                Assert.Single(_timers, timer => timer.Period == period).Callback();
            }
        }
    }

    [Fact]
    public async Task A_chain_of_the_console_that_was_cut_is_red_like_a_hosts()
    {
        FleetControl control = Open();
        Assert.True((await AddAsync(control, "echo first")).IsApplied);
        Assert.True(control.Audit.States().Single(state => state.Host == OwnChain.Name).IsGood);
        string log = Assert.Single(Directory.GetFiles(control.Own.File.Directory));
        string[] lines = File.ReadAllLines(log);
        File.WriteAllText(log, string.Join('\n', lines[..^1]) + "\n");
        AuditState state = control.Audit.States().Single(of => of.Host == OwnChain.Name);
        Assert.Equal(("ROLLBACK", true), (state.Verdict, state.IsBad));
    }

    [Fact]
    public async Task A_host_that_is_pulled_again_and_again_leaves_a_mark_now_and_then_and_the_last()
    {
        AgentDouble agent = null!;
        _fleet.Wraps["web02"] = inner => agent ??= new AgentDouble(inner);
        FleetControl control = Open();
        control.Hosts.Add(_fleet.MakeHost("web02"));
        await control.Hosts.TestAsync(control.Hosts.Get("web02"));
        agent.NewChain("c0ffee");
        for (int i = 0; i < 5; i++)
        {
            agent.Append("job.finished", new AuditMember("job_id", "j"));
            Assert.True((await control.Audit.PullAsync("web02")).IsGood);
        }

        string hash = control.Audit.Head("web02").Hash;
        await control.DisposeAsync();
        FleetControl next = Open();
        JsonElement[] pulls = [.. next.Audit.Entries(OwnChain.Name).Where(row => row.Event == AuditEvents.ConsolePulled).Select(row => JsonDocument.Parse(row.Line).RootElement)];
        Assert.Equal(2, pulls.Length);
        Assert.Equal(("web02", "c0ffee", hash), (pulls[0].GetProperty("host").GetString(), pulls[0].GetProperty("host_chain").GetString(), pulls[0].GetProperty("host_hash").GetString()));
    }
}
