using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Serve;

/// <summary>`serve --policy`: what the host's policy for a key does not list is refused in words, and is on record.</summary>
public class PolicyTests
{
    private const int Refused = -32003;

    private static readonly string Write = $$"""{"content":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("0 3 * * * true\n"))}}","actor":"ada","origin":"laptop"}""";

    [Fact]
    public async Task Read_only_reads_and_changes_nothing_and_each_refusal_is_recorded_once()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await using var serve = ServeClient.StartAs(user, "--policy", "read-only");
        var hello = await serve.ResultAsync("hello", """{"client":"ada@laptop","protocol":1}""");
        Assert.Equal("read-only", hello.GetProperty("policy").GetString());
        Assert.DoesNotContain("crontab.write", hello.GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()));
        Assert.False((await serve.ResultAsync("crontab.read")).GetProperty("exists").GetBoolean());
        Assert.NotEqual("", (await serve.ResultAsync("crontab.read")).GetProperty("cron").GetProperty("implementation").GetString());
        await serve.ResultAsync("agent.status");
        await serve.ResultAsync("job.running");
        await serve.ResultAsync("report.tail", """{"after":-1}""");
        await serve.ResultAsync("audit.pull", """{"after":-1}""");

        foreach (var (method, parameters) in ((string, string)[])[
            ("crontab.write", Write), ("crontab.write", Write), ("crontab.settle", """{"token":"ab"}"""),
            ("job.run", """{"command":"dHJ1ZQ=="}"""), ("job.stop", """{"run":"00"}"""), ("sandbox.try", "{}"), ("no.such", "{}")])
        {
            var error = await serve.ErrorAsync(method, parameters);
            Assert.Equal(Refused, error.GetProperty("code").GetInt32());
            Assert.Contains($"read-only does not allow {method}", error.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains("authorized_keys", error.GetProperty("data").GetProperty("hint").GetString(), StringComparison.Ordinal);
        }

        for (var i = 0; i < 100; i++)
            await serve.ErrorAsync($"flood.{i}");
        Assert.Equal(0, await serve.EndAsync());
        Assert.NotEqual(0, (await ProgramRun.RunAsync("/usr/bin/env", ["crontab", "-u", user.Name, "-l"])).Code);
        var refused = AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "audit", "show", "--json")).Output)
            .Where(entry => entry.GetProperty("event").GetString() == "access.refused").ToList();
        Assert.Equal(8, refused.Count);
        Assert.Single(refused, entry => entry.GetProperty("method").GetString() == "crontab.write");
        Assert.All(refused, entry => Assert.Equal(
            ("read-only", "ada@laptop", "local"),
            (entry.GetProperty("policy").GetString(), entry.GetProperty("actor").GetString(), entry.GetProperty("origin").GetString())));
    }

    [Fact]
    public async Task Many_sessions_that_are_refused_do_not_fill_the_chain()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 30; i++)
        {
            await using var serve = ServeClient.Start(folder.Path, "--policy=read-only");
            await serve.ErrorAsync("crontab.write");
            await serve.EndAsync();
        }

        // One more for each minute that this takes.
        var most = 20 + (int)Math.Ceiling(clock.Elapsed.TotalMinutes);
        Assert.InRange((await AgentProgram.EntriesAsync(folder.Path)).Count(entry => entry.GetProperty("event").GetString() == "access.refused"), 20, most);
    }

    [Fact]
    public async Task Edit_edits_and_only_the_tables_that_can_be_named()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await using var serve = ServeClient.StartAs(user, "--policy", "edit");
        Assert.Equal("written", (await serve.ResultAsync("crontab.write", Write)).GetProperty("outcome").GetString());
        foreach (var table in (string[])["/etc/shadow", "/etc/cron.d/../shadow", "../root", "-l", "/etc/cron.d/..", "/etc/cron.d/a/b"])
            Assert.Equal(-32000, (await serve.ErrorAsync("crontab.read", JsonSerializer.Serialize(new Dictionary<string, string> { ["table"] = table }))).GetProperty("code").GetInt32());
        Assert.Equal(Refused, (await serve.ErrorAsync("no.such")).GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("")]
    [InlineData("Edit")]
    public async Task A_policy_that_is_none_serves_nothing(string policy)
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.RunAsync("serve", "--dir", folder.Path, "--policy", policy);
        Assert.Equal((2, ""), (result.Code, result.Output));
        Assert.Contains("--policy read-only", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_was_sent_to_it_is_not_run_and_its_sender_is_told()
    {
        using var folder = new SecureFolder();
        var mark = folder.Path + "/mark";
        var result = await ProgramRun.RunAsync(AgentProgram.Path, ["serve", "--dir", folder.Path, "--policy", "edit"],
            new Dictionary<string, string?> { ["SSH_ORIGINAL_COMMAND"] = $"touch {mark}" });
        Assert.Equal((126, ""), (result.Code, result.Output));
        Assert.Contains("no command is run", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(mark));
    }
}
