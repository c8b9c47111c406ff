using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Faults;

/// <summary>
/// A console that is killed (SIGKILL) in the middle of a plan for six hosts, each with a real table behind a real sshd: every table is
/// the old or the new one, byte for byte, the next console knows which, and carries the plan to its end without doing anything twice.
/// </summary>
public sealed class KilledPlanTests : IAsyncLifetime
{
    private const int Hosts = 6;
    private static readonly byte[] Before = [.. OddTable.Bytes, (byte)'\n'];
    private static readonly byte[] After = [.. Before, .. "#cc: name=new\n@yearly true\n"u8];
    private static readonly string[] Change = ["job", "add", "tag:web", "@yearly", "true", "--name", "new", "--no-agent", "--parallel", "2", "--yes"];
    private readonly List<LiveHost> _webs = [];
    private LiveHosts _hosts = null!;
    private CrontabGate _gate = null!;
    private ConsoleHome _home = null!;

    public async ValueTask InitializeAsync()
    {
        _hosts = await LiveHosts.StartAsync();
        _home = new ConsoleHome(_hosts.SshConfig);
        for (int i = 1; i <= Hosts; i++)
        {
            LiveHost web = await _hosts.AddAsync($"web{i:00}", agent: false);
            await web.PutTableAsync(Before);
            _webs.Add(web);
            await _home.GoodAsync("host", "add", web.Name, "--tag", "web");
        }
        _gate = await CrontabGate.BuildAsync(_hosts);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        await _hosts.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData(CrontabGate.Install)]
    [InlineData(CrontabGate.Installed)]
    public async Task Killed_while_a_table_is_written_it_leaves_a_plan_that_the_next_console_carries_to_its_end(string point)
    {
        _gate.Close(point, pass: 2);
        using (Process console = _home.Start(Change))
        {
            await _gate.ReachedAsync(point);
            await KillAsync(console);
        }

        // While the write still stands on the host, the journal says that nobody is at it, and claims nothing.
        Dictionary<string, int> states = await StatesAsync();
        Assert.True(states.GetValueOrDefault("interrupted") >= 1, string.Join(' ', states));
        Assert.DoesNotContain("running", states.Keys);
        _gate.Open(point);
        LiveHost other = _webs[^1];
        byte[] theirs = [.. Before, .. "# theirs\n"u8];
        await other.PutTableAsync(theirs);

        ProgramResult resumed = await _home.RunAsync("change", "resume", "p1", "--yes", "--continue-on-error", "--json");
        Assert.True(resumed.Code == 1, resumed.ToString());
        JsonElement refused = Assert.Single(Lines(resumed), line => line.TryGetProperty("outcome", out JsonElement outcome) && outcome.GetString() != "applied");
        Assert.Equal((other.Name, "refused"), (refused.GetProperty("host").GetString(), refused.GetProperty("outcome").GetString()));
        Assert.Contains("+# theirs", refused.GetProperty("meanwhile").GetString(), StringComparison.Ordinal);
        Assert.Equal(theirs, await other.TableAsync());
        foreach (LiveHost web in _webs[..^1]) Assert.Equal(After, await web.TableAsync());

        ProgramResult undone = await _home.GoodAsync("change", "undo", "p1", "--yes");
        Assert.Contains("p2: 5 applied", undone.Error, StringComparison.Ordinal);
        foreach (LiveHost web in _webs[..^1]) Assert.Equal(Before, await web.TableAsync());
        Assert.Equal(theirs, await other.TableAsync());
    }

    [Fact]
    public async Task Killed_at_any_moment_every_table_is_the_old_or_the_new_one_and_the_journal_says_which()
    {
        await _home.GoodAsync(Change);
        await _home.GoodAsync("change", "undo", "--yes");
        var random = new Random(20261123);
        for (int i = 1; i <= Hosts; i++)
        {
            string last = await LastPlanAsync();
            // One of the kills comes in the middle of the plan on every machine.
            bool isHeld = i == Hosts / 2;
            if (isHeld) _gate.Close(CrontabGate.Install, pass: i);
            using (Process console = _home.Start(Change))
            {
                await (isHeld ? _gate.ReachedAsync(CrontabGate.Install) : WrittenAsync(i, console));
                await Task.Delay(random.Next(40));
                await KillAsync(console);
            }
            _gate.Open(CrontabGate.Install);

            // Each kill came after the plan was begun: a table was written.
            string plan = await LastPlanAsync();
            Assert.NotEqual(last, plan);
            int applied = (await StatesAsync(plan)).GetValueOrDefault("applied");
            if (isHeld) Assert.InRange(applied, 1, Hosts - 1);
            ProgramResult resumed = await _home.RunAsync("change", "resume", plan, "--yes");
            Assert.True(resumed.Code == 0, resumed.ToString());
            Assert.Equal([("applied", Hosts)], (await StatesAsync(plan)).Select(state => (state.Key, state.Value)));
            foreach (LiveHost web in _webs) Is(After, await web.TableAsync());
            await _home.GoodAsync("change", "undo", plan, "--yes");
            foreach (LiveHost web in _webs) Is(Before, await web.TableAsync());
        }
    }

    private static void Is(byte[] expected, byte[] table) => Assert.True(table.AsSpan().SequenceEqual(expected), Encoding.Latin1.GetString(table));

    private async Task<Dictionary<string, int>> StatesAsync(string plan = "p1")
    {
        JsonElement shown = JsonDocument.Parse((await _home.GoodAsync("change", "show", plan, "--json")).Output).RootElement;
        foreach (JsonElement member in shown.GetProperty("members").EnumerateArray())
        {
            // What the journal calls applied or not started is so on the host.
            byte[] table = await _webs.Single(web => web.Name == member.GetProperty("host").GetString()).TableAsync();
            string state = member.GetProperty("outcome").GetString()!;
            if (state == "applied") Is(After, table);
            else if (state == "not_started") Is(Before, table);
            else Assert.True(table.AsSpan().SequenceEqual(Before) || table.AsSpan().SequenceEqual(After), state);
        }
        return shown.GetProperty("hosts").EnumerateObject().ToDictionary(state => state.Name, state => state.Value.GetInt32());
    }

    private async Task<string> LastPlanAsync() => JsonDocument.Parse((await _home.GoodAsync("change", "list", "--json")).Output).RootElement
        .EnumerateArray().First(one => one.GetProperty("number").GetString()!.StartsWith('p')).GetProperty("number").GetString()!;

    private static List<JsonElement> Lines(ProgramResult run) =>
        [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Waits until so many tables are written, looking past the hosts' namespace, which is quicker than asking within it.</summary>
    private async Task WrittenAsync(int tables, Process console)
    {
        for (int tries = 0; tries < 30_000 && !console.HasExited; tries++)
        {
            if (_webs.Count(web => File.ReadAllBytes($"/proc/{_hosts.Cron.NamespacePid}/root/var/spool/cron/crontabs/{web.User.Name}").AsSpan().EndsWith("@yearly true\n"u8)) >= tables) return;
            await Task.Delay(2);
        }
    }

    private static async Task KillAsync(Process console)
    {
        console.Kill();
        await console.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }
}
