using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.SshAndCron;

/// <summary>
/// One job on one host, from the crontab line to the verified chain: the published console, a real sshd, the real cron daemon, a
/// table as decades of hands leave it, and a command that no layer of quoting likes.
/// </summary>
public sealed class StoryTests
{
    private const string Command = """
        printf '<%s>' 'a\b' "it's 100%" '$HOME' ';&|`' "ünï%d\\" $((6*7)); echo; echo "from $LOGNAME" >&2 # % the end
        """;

    [Fact]
    public async Task A_job_added_by_the_verb_is_run_by_cron_reported_audited_and_reviewed_with_the_host_gone()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        await web.PutTableAsync(OddTable.Bytes);
        using var home = new ConsoleHome(hosts.SshConfig);

        await home.GoodAsync("host", "add", "web01", "--tag", "shop");
        ProgramResult test = await home.GoodAsync("host", "test", "web01");
        Assert.Contains($"user {web.User.Name}", test.Output, StringComparison.Ordinal);
        Assert.Contains("daemon running", test.Output, StringComparison.Ordinal);

        ProgramResult added = await home.GoodAsync("job", "add", "web01", "* * * * *", Command, "--name", "Odd one", "--job-id", "odd", "--yes");
        Assert.Contains("written, verified, audit #", added.Error, StringComparison.Ordinal);
        byte[] table = await web.TableAsync();
        byte[] kept = [.. OddTable.Bytes, (byte)'\n'];
        Assert.Equal(kept, table[..kept.Length]);
        string[] lines = Encoding.UTF8.GetString(table[kept.Length..]).Split('\n');
        Assert.Equal(["#cc: name=Odd one", "* * * * * ", ""], [lines[0], lines[1][..10], lines[2]]);
        Assert.Equal(3, lines.Length);
        // What the console says that the line runs is what was asked for.
        Assert.Equal(Command, (await home.GoodAsync("crontab", "unwrap", "--", lines[1])).Output.TrimEnd('\n'));

        JsonElement report = await FirstRunAsync(home);
        CronResult wanted = await web.AsUserAsync(Command);
        Assert.Equal(wanted.OutputText, report.GetProperty("stdout").GetString());
        Assert.Equal($"from {web.User.Name}\n", report.GetProperty("stderr").GetString());
        Assert.Equal(0, report.GetProperty("exitCode").GetInt32());
        Assert.Equal("/bin/sh -c " + Command, report.GetProperty("command").GetString());
        Assert.Equal(web.User.Uid, report.GetProperty("executingUid").GetInt32());
        ProgramResult tail = await home.GoodAsync("report", "tail", "web01");
        Assert.Contains("✓ ok", tail.Output, StringComparison.Ordinal);
        Assert.Contains("    " + wanted.OutputText, tail.Output, StringComparison.Ordinal);

        Assert.Contains("VERIFIED", (await home.GoodAsync("audit", "pull", "web01")).Output, StringComparison.Ordinal);
        await home.GoodAsync("audit", "verify", "--host", "web01");
        await ExportAgreesAsync(home, web);

        ProgramResult undone = await home.GoodAsync("job", "undo", "--host", "web01", "--yes");
        Assert.Contains("written, verified, audit #", undone.Error, StringComparison.Ordinal);
        Assert.Equal(kept, await web.TableAsync());
        await home.GoodAsync("audit", "pull", "web01");

        await hosts.Sshd.StopAsync();
        await ReviewWithoutHostAsync(home);
    }

    [Fact]
    public async Task Undo_gives_back_the_exact_bytes_on_a_host_without_an_agent_too()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost plain = await hosts.AddAsync("plain", agent: false);
        byte[] before = [.. OddTable.Bytes, (byte)'\n'];
        await plain.PutTableAsync(before);
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "plain");
        Assert.Contains("no agent", (await home.GoodAsync("host", "test", "plain")).Output, StringComparison.Ordinal);

        await home.GoodAsync("job", "add", "plain", "@daily", Command, "--name", "daily", "--yes");
        await home.GoodAsync("job", "edit", "plain", "daily", "--schedule", "5 4 * * *", "--yes");
        await home.GoodAsync("job", "pause", "plain", "daily", "--yes");
        byte[] paused = await plain.TableAsync();
        Assert.Equal(before, paused[..before.Length]);
        Assert.DoesNotContain("\n5 4 * * *", Encoding.UTF8.GetString(paused), StringComparison.Ordinal);
        for (int i = 0; i < 3; i++) await home.GoodAsync("job", "undo", "--yes");

        Assert.Equal(before, await plain.TableAsync());
    }

    /// <summary>The first run's report, as soon as cron has run the job: within its minute, and the time that the host takes.</summary>
    private static async Task<JsonElement> FirstRunAsync(ConsoleHome home)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(150));
        while (true)
        {
            ProgramResult tail = await home.GoodAsync("report", "tail", "web01", "--json");
            if (tail.Output.Split('\n')[0] is { Length: > 0 } line)
            {
                JsonElement report = JsonDocument.Parse(line).RootElement.GetProperty("report");
                Assert.Equal("odd", report.GetProperty("jobId").GetString());
                return report;
            }
            await Task.Delay(2000, limit.Token);
        }
    }

    /// <summary>What is exported is the host's own file, byte for byte, and the README's Python says that it is whole.</summary>
    private static async Task ExportAgreesAsync(ConsoleHome home, LiveHost web)
    {
        string file = Path.Combine(home.Folder, "web01.jsonl"), verifier = Path.Combine(home.Folder, "verify.py");
        await home.GoodAsync("audit", "export", "web01", file);
        byte[] exported = await File.ReadAllBytesAsync(file);
        byte[] held = Encoding.UTF8.GetBytes(await web.AsRootAsync($"cat {web.Data}/audit/*.jsonl"));
        Assert.Equal(held[..exported.Length], exported);

        await File.WriteAllTextAsync(verifier, ReadmeFile.Verifier);
        ProgramResult python = await ProgramRun.RunAsync("python3", [verifier, file]);
        Assert.True(python.Code == 0, python.ToString());
        ProgramResult ours = await home.GoodAsync("audit", "verify", "--json", file);
        using JsonDocument verdict = JsonDocument.Parse(ours.Output);
        Assert.Equal($"OK {verdict.RootElement.GetProperty("entries").GetInt64()} {verdict.RootElement.GetProperty("head").GetString()}", python.Output.Trim());

        // Neither says so of anything: one digit of one exit code, changed, is found by both.
        string text = Encoding.UTF8.GetString(exported);
        int at = text.IndexOf("\"exit_code\": 0", StringComparison.Ordinal);
        Assert.True(at > 0, text);
        await File.WriteAllTextAsync(file, string.Concat(text.AsSpan(0, at), "\"exit_code\": 1", text.AsSpan(at + 14)));
        Assert.NotEqual(0, (await ProgramRun.RunAsync("python3", [verifier, file])).Code);
        Assert.Equal(1, (await home.RunAsync("audit", "verify", file)).Code);
    }

    private static async Task ReviewWithoutHostAsync(ConsoleHome home)
    {
        ProgramResult list = await home.GoodAsync("audit", "list", "web01");
        foreach (string expected in (string[])["audit.genesis", "agent.started", "crontab.edited", "job.finished"])
            Assert.Contains(expected, list.Output, StringComparison.Ordinal);
        ProgramResult show = await home.GoodAsync("audit", "show", "web01", "0");
        Assert.Contains("audit.genesis", show.Output, StringComparison.Ordinal);
        Assert.Contains("OK", (await home.GoodAsync("audit", "verify", "--host", "web01")).Output, StringComparison.Ordinal);
        await home.GoodAsync("audit", "heads");

        foreach (string[] verb in (string[][])[["host", "test", "web01"], ["job", "list", "web01"], ["audit", "pull", "web01"], ["report", "tail", "web01"]])
        {
            ProgramResult run = await home.RunAsync(verb);
            Assert.True(run.Code == 1, run.ToString());
            Assert.Contains("web01 refuses the connection", run.Output + run.Error, StringComparison.Ordinal);
            Assert.Contains("next: ", run.Output + run.Error, StringComparison.Ordinal);
        }
        ProgramResult cached = await home.GoodAsync("job", "list", "web01", "--cached");
        Assert.Contains("echo tab", cached.Output, StringComparison.Ordinal);
        Assert.Contains("odd", (await home.GoodAsync("report", "list", "--cached")).Output, StringComparison.Ordinal);
    }
}
