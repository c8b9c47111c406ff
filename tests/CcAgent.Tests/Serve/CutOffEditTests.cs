using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CcAgent.Exec;
using CcAgent.Native;
using CcAgent.Tests.Harness;
using CcConsole.Core;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Serve;

/// <summary>Edits whose session is ended in the middle: each that was made is recorded, once, and as the edit that it is.</summary>
public class CutOffEditTests
{
    // The daemon looks ten seconds after the last change of any table on the host, or a minute after the first; others are changed beside this.
    private const int Looked = 150;

    private const string First = "# first\n0 3 * * * /bin/true\n", Second = "# second\n0 4 * * * /bin/true\n";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Write(string content, string? expected) => $$"""
        {"content":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}}","actor":"ada","origin":"laptop"{{(expected is null ? "" : $",\"expectedSha256\":\"{expected}\"")}}}
        """.Trim();

    private static async Task<string> TableAsync(TestUser user) => (await ProgramRun.RunAsync("/usr/bin/env", ["crontab", "-u", user.Name, "-l"])).Output;

    private static async Task<List<JsonElement>> EntriesAsync(TestUser user) =>
        [.. AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "audit", "show", "--json")).Output)
            .Where(static entry => entry.GetProperty("event").GetString()!.StartsWith("crontab.", StringComparison.Ordinal))];

    private static bool IsPending(TestUser user) => Directory.GetFiles(user.Data + "/edits", "*.edit").Length > 0;

    private static async Task SettledAsync(TestUser user, string table, int entries)
    {
        await Eventually.TrueAsync(async () => !IsPending(user) && (await EntriesAsync(user)).Count >= entries, "the edit is settled", Looked);
        var all = await EntriesAsync(user);
        Assert.Equal(table, await TableAsync(user));
        Assert.All(all, static entry => Assert.Equal(("crontab.edited", "ada", "laptop"),
            (entry.GetProperty("event").GetString(), entry.GetProperty("actor").GetString(), entry.GetProperty("origin").GetString())));
        Assert.Equal(entries, all.Count);
        Assert.Equal(Hash(table), all[^1].GetProperty("sha256_after").GetString());
    }

    [Theory]
    [InlineData("before", true)]
    [InlineData("after", true)]
    [InlineData("after", false)]
    public async Task An_edit_whose_session_is_killed_is_recorded_by_the_next_session_or_the_daemon(string moment, bool bySession)
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using var daemon = await WatchingAsync(user);
        await using var serve = ServeClient.StartAs(user);
        await serve.ResultAsync("crontab.write", Write(First, null));
        crontab.Hold(moment);
        await serve.RequestAsync("crontab.write", Write(Second, Hash(First)));
        await crontab.ReachedAsync();
        await serve.SignalAsync("KILL");
        ServeClient? next = null;
        if (bySession)
        {
            next = ServeClient.StartAs(user);
            await next.ResultAsync("hello", """{"client":"test","protocol":1}""");
        }

        crontab.Release();
        await SettledAsync(user, Second, 2);
        var entry = (await EntriesAsync(user))[^1];
        Assert.Contains("session ended", entry.GetProperty("settled").GetString(), StringComparison.Ordinal);
        Assert.Equal(Hash(First), entry.GetProperty("sha256_before").GetString());
        Assert.Contains("+0 4 * * *", entry.GetProperty("diff").GetString(), StringComparison.Ordinal);
        if (next is not null)
        {
            // The watch looks at the table too, and finds nothing that others did.
            await KeptAsync(user, Second);
            await SettledAsync(user, Second, 2);
            await next.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_edit_whose_daemon_and_session_are_killed_is_recorded_by_the_daemons_next_start()
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using (var daemon = await WatchingAsync(user))
        {
            await using var serve = ServeClient.StartAs(user);
            await serve.ResultAsync("crontab.write", Write(First, null));
            await KeptAsync(user, First);
            crontab.Hold("after");
            await serve.RequestAsync("crontab.write", Write(Second, Hash(First)));
            await crontab.ReachedAsync();
            await daemon.KillAsync();
            await serve.SignalAsync("KILL");
            crontab.Release();
        }

        await using var again = await RunningDaemon.StartAsAsync(user);
        await SettledAsync(user, Second, 2);
    }

    [Fact]
    public async Task An_edit_that_was_recorded_before_its_session_was_killed_is_not_recorded_twice()
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using (var daemon = await WatchingAsync(user))
        {
            await using var serve = ServeClient.StartAs(user);
            await serve.ResultAsync("crontab.write", Write(First, null));
            crontab.Hold("after");
            var id = await serve.RequestAsync("crontab.write", Write(Second, Hash(First)));
            await crontab.ReachedAsync();
            var noted = Directory.GetFiles(user.Data + "/edits", "*.edit").Single();
            await AgentProgram.ShellAsync($"cp -p {noted} {user.Home}/noted");
            crontab.Release();
            Assert.Equal("written", (await serve.AnswerAsync(id)).GetProperty("result").GetProperty("outcome").GetString());
            await AgentProgram.ShellAsync($"cp -p {user.Home}/noted {noted}");
            await using (var next = ServeClient.StartAs(user))
                await SettledAsync(user, Second, 2);
            await AgentProgram.ShellAsync($"cp -p {user.Home}/noted {noted}");
            await daemon.KillAsync();
        }

        await using var again = await RunningDaemon.StartAsAsync(user);
        await SettledAsync(user, Second, 2);
    }

    [Fact]
    public async Task Whenever_sessions_are_killed_the_chain_tells_how_the_table_came_to_be()
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using var daemon = await WatchingAsync(user);
        var (made, cut) = (0, 0);
        var random = new Random(7);
        string? hash;
        // How long an edit takes here and now.
        var clock = Stopwatch.StartNew();
        await using (var whole = ServeClient.StartAs(user))
            await whole.ResultAsync("crontab.write", Write(Second, null));
        for (var round = 0; round < 16; round++)
        {
            await using var serve = ServeClient.StartAs(user);
            // The script of the round before may outlive its session, and change the table after it was read.
            if (round % 4 == 0)
                await Eventually.TrueAsync(() => !IsPending(user), "the edit before is settled", Looked);
            var table = await serve.ResultAsync("crontab.read");
            clock.Stop();
            if (round % 4 == 0)
                crontab.Hold(round % 8 == 0 ? "before" : "after");
            hash = table.GetProperty("exists").GetBoolean() ? table.GetProperty("sha256").GetString() : null;
            await serve.RequestAsync("crontab.write", Write(string.Create(CultureInfo.InvariantCulture, $"# {round}\n"), hash));
            // Some at a certain moment, the others at any.
            if (round % 4 == 0)
                await crontab.ReachedAsync();
            else
                await Task.Delay(random.Next((int)clock.ElapsedMilliseconds));
            await serve.SignalAsync("KILL");
            crontab.Release();
        }

        await using (var last = ServeClient.StartAs(user))
        {
            await Eventually.TrueAsync(() => !IsPending(user), "the last edit is settled", Looked);
            var table = await last.ResultAsync("crontab.read");
            await last.ResultAsync("crontab.write", Write(First, table.GetProperty("exists").GetBoolean() ? table.GetProperty("sha256").GetString() : null));
        }

        await KeptAsync(user, First);
        string? held = null;
        foreach (var entry in await EntriesAsync(user))
        {
            Assert.Equal("crontab.edited", entry.GetProperty("event").GetString());
            Assert.Equal(held, entry.GetProperty("sha256_before").GetString());
            held = entry.GetProperty("sha256_after").GetString();
            made++;
            cut += entry.TryGetProperty("settled", out _) ? 1 : 0;
        }

        Assert.Equal(Hash(First), held);
        Assert.Equal(First, await TableAsync(user));
        Assert.InRange(made, 2, 18);
        Assert.True(cut > 0, $"none of {made} edits was cut off in its middle");
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("", 0)]
    public async Task The_end_of_a_session_waits_for_its_edit(string signal, int code)
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using var daemon = await WatchingAsync(user);
        await using var serve = ServeClient.StartAs(user);
        crontab.Hold("before");
        await serve.RequestAsync("crontab.write", Write(First, null));
        await crontab.ReachedAsync();
        if (signal.Length > 0)
            await serve.SignalAsync(signal);
        var ended = serve.EndAsync();
        await Task.Delay(2500);
        Assert.False(ended.IsCompleted);
        crontab.Release();
        var got = await ended;
        // At the end of the input the signal and the session's own end race.
        Assert.Contains(got, (int[])[code, 0]);
        await SettledAsync(user, First, 1);
        Assert.False((await EntriesAsync(user))[0].TryGetProperty("settled", out _));
    }

    [Fact]
    public async Task Two_sessions_edit_a_table_one_after_the_other()
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using var daemon = await WatchingAsync(user);
        await using var one = ServeClient.StartAs(user);
        await using var other = ServeClient.StartAs(user);
        crontab.Hold("before");
        var first = await one.RequestAsync("crontab.write", Write(First, null));
        await crontab.ReachedAsync();
        var second = await other.RequestAsync("crontab.write", Write(Second, null));
        await Task.Delay(500);
        crontab.Release();
        Assert.Equal("written", (await one.AnswerAsync(first)).GetProperty("result").GetProperty("outcome").GetString());
        Assert.Equal("conflict", (await other.AnswerAsync(second)).GetProperty("result").GetProperty("outcome").GetString());
        await SettledAsync(user, First, 1);
    }

    [Fact]
    public async Task Where_it_cannot_be_noted_nothing_is_written()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await AgentProgram.ShellAsync($"mkdir -m 0777 {user.Data}/edits && chown {user.Name} {user.Data}/edits && chmod 0777 {user.Data}/edits");
        await using var serve = ServeClient.StartAs(user);
        var error = await serve.ErrorAsync("crontab.write", Write(First, null));
        Assert.Contains("/edits has mode 0777", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("", await TableAsync(user));
    }

    [Fact]
    public void A_script_that_says_too_much_or_does_not_end_is_ended()
    {
        Assert.Contains("MiB", Assert.Throws<ProblemException>(() => ShellRun.Run("exec yes", default)).Message, StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();
        Assert.Contains("did not answer", Assert.Throws<ProblemException>(() => ShellRun.Run("sleep 470 & wait", default, TimeSpan.FromSeconds(1))).Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 1, 120);
        var noisy = ShellRun.Run("yes x | head -c 200000 >&2; echo good", default);
        Assert.Equal((0, "good\n", 65536), (noisy.ExitCode, Encoding.ASCII.GetString(noisy.Output), noisy.Error.Length));
    }

    [Fact]
    public async Task An_edit_whose_script_hangs_for_a_minute_is_settled()
    {
        using var user = new TestUser();
        var crontab = new HeldCrontab(user);
        await using var daemon = await WatchingAsync(user);
        await using var serve = ServeClient.StartAs(user);
        crontab.Hold("after");
        var id = await serve.RequestAsync("crontab.write", Write(First, null));
        await crontab.ReachedAsync();
        await Task.Delay(55_000);
        var answer = await serve.AnswerAsync(id);
        Assert.Equal("written", answer.GetProperty("result").GetProperty("outcome").GetString());
        await SettledAsync(user, First, 1);
        Assert.Contains("cut off", (await EntriesAsync(user))[0].GetProperty("settled").GetString(), StringComparison.Ordinal);
    }

    private static async Task<RunningDaemon> WatchingAsync(TestUser user)
    {
        var daemon = await RunningDaemon.StartAsAsync(user);
        await Eventually.TrueAsync(() => File.Exists(user.Data + "/watch/state.json"), "a first look at the table", 60);
        return daemon;
    }

    private static Task KeptAsync(TestUser user, string table) => Eventually.TrueAsync(
        // One of them may just be replaced.
        () => Directory.GetFiles(user.Data + "/watch").Any(file => SmallFile.Read(file) is { } kept && Encoding.UTF8.GetString(kept).Contains(Hash(table), StringComparison.Ordinal)),
        "the watch has looked", Looked);

    /// <summary>The real crontab behind one that can be held up before and after it installs a table, for half a minute at most.</summary>
    private sealed class HeldCrontab
    {
        private readonly TestUser _user;

        internal HeldCrontab(TestUser user)
        {
            _user = user;
            var folder = user.Home + "/bin";
            Directory.CreateDirectory(folder);
            File.WriteAllText(folder + "/script", $$"""
                #!/bin/sh
                hold() {
                    n=0
                    test ! -e "{{user.Home}}/hold-$1" || touch "{{user.Home}}/reached"
                    while test -e "{{user.Home}}/hold-$1" && test $n -lt 1800; do sleep 0.05; n=$((n + 1)); done
                }
                test "$1" = - || exec /usr/bin/crontab "$@"
                hold before
                /usr/bin/crontab "$@"
                rc=$?
                hold after
                exit $rc
                """);
            // What another test just starts may still have the file open that this has written, and then it cannot be run.
            TestUser.Run("/bin/cp", folder + "/script", folder + "/crontab");
            File.SetUnixFileMode(folder + "/crontab", (UnixFileMode)0x1ED);
            user.Environment["PATH"] = folder + ":/usr/bin:/bin";
        }

        internal void Hold(string moment) => File.WriteAllText($"{_user.Home}/hold-{moment}", "");

        internal Task ReachedAsync() => Eventually.TrueAsync(() => File.Exists(_user.Home + "/reached"), "crontab is being held", 60);

        internal void Release()
        {
            foreach (var moment in (string[])["before", "after"])
                File.Delete($"{_user.Home}/hold-{moment}");
            File.Delete(_user.Home + "/reached");
        }
    }
}
