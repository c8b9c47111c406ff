using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>Old reports go by age and size, whole segments at a time, told in the chain; never what must be kept.</summary>
public class RetentionTests
{
    private const string Small = "{\"reports\": {\"maxMegabytes\": 1}}", Kept = "{\"reports\": {\"maxMegabytes\": 1, \"keepUnpulled\": true}}";

    [Fact]
    public async Task The_oldest_reports_go_when_all_come_to_more_than_the_settings_allow()
    {
        using var folder = new SecureFolder();
        await FillAsync(folder, Small);
        Assert.InRange(Bytes(folder), 2_000_000, long.MaxValue);
        await RestartAsync(folder);
        Assert.InRange(Bytes(folder), 700_000, 1024 * 1024);

        var reports = await AgentProgram.ReportsAsync(folder.Path);
        var first = reports[0].GetProperty("seq").GetInt64();
        Assert.InRange(first, 1, 59);
        Assert.Equal(Enumerable.Range((int)first, 60 - (int)first), reports.Select(r => r.GetProperty("seq").GetInt32()));
        long expected = 0;
        foreach (var pruned in await PrunedAsync(folder))
        {
            Assert.Equal(expected, pruned.GetProperty("first").GetInt64());
            Assert.Equal("more than 1 MiB of reports", pruned.GetProperty("reason").GetString());
            expected += pruned.GetProperty("count").GetInt64();
        }

        Assert.Equal(first, expected);
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        Assert.Equal(60, (await AgentProgram.ReportsAsync(folder.Path))[^1].GetProperty("seq").GetInt32());
    }

    [Fact]
    public async Task Reports_go_with_their_age_but_never_the_segment_that_is_written()
    {
        using var folder = new SecureFolder();
        await FillAsync(folder, "{\"reports\": {\"maxMegabytes\": 8, \"maxAgeDays\": 30}}");
        var segments = Directory.GetFiles(folder.Reports).Order(StringComparer.Ordinal).ToList();
        Assert.InRange(segments.Count, 3, 100);
        await AgentProgram.ShellAsync($"touch -d '29 days ago' {folder.Reports}/*; touch -d '31 days ago' {segments[0]} {segments[^1]}");
        await RestartAsync(folder);
        Assert.Equal(segments[1..], Directory.GetFiles(folder.Reports).Order(StringComparer.Ordinal));
        var pruned = Assert.Single(await PrunedAsync(folder));
        Assert.Equal(("older than 30 days", Path.GetFileName(segments[0])), (pruned.GetProperty("reason").GetString(), pruned.GetProperty("segment").GetString()));
    }

    [Fact]
    public async Task What_no_console_has_pulled_stays_when_the_settings_say_so()
    {
        using var folder = new SecureFolder();
        await FillAsync(folder, Kept);
        await RestartAsync(folder);
        Assert.Equal(60, (await AgentProgram.ReportsAsync(folder.Path)).Count);

        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            await using var serve = ServeClient.Start(folder.Path);
            await serve.ResultAsync("hello", """{"client":"test","protocol":1}""");
            await serve.ResultAsync("report.ack", """{"seq":20}""");
            await serve.ResultAsync("report.ack", """{"seq":3}""");
            Assert.Contains("no report 60", (await serve.ErrorAsync("report.ack", """{"seq":60}""")).GetProperty("message").GetString(), StringComparison.Ordinal);
            // Answered is durable.
            await daemon.KillAsync();
        }

        await RestartAsync(folder);
        var first = (await AgentProgram.ReportsAsync(folder.Path))[0].GetProperty("seq").GetInt32();
        Assert.InRange(first, 10, 21);
    }

    [Fact]
    public async Task Another_user_cannot_say_that_reports_were_pulled()
    {
        using var folder = new SecureFolder();
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        await AgentProgram.ShellAsync($"chmod 0711 {folder.Path}; chmod 0666 {folder.Socket}");
        await ThreadIdentity.RunAs(user.Uid, () => Assert.False(
            SocketClient.Ask(folder.Socket, "{\"request\":\"report.ack\",\"seq\":0}").GetProperty("ok").GetBoolean()));
        Assert.False(File.Exists(folder.Path + "/audit-state/pulled"));
        Assert.Equal("report.rejected", (await AgentProgram.EntriesAsync(folder.Path))[^1].GetProperty("event").GetString());
        Assert.True(SocketClient.Ask(folder.Socket, "{\"request\":\"report.ack\",\"seq\":0}").GetProperty("ok").GetBoolean());
        Assert.True(File.Exists(folder.Path + "/audit-state/pulled"));
    }

    // 60 reports of some 50 KiB.
    private static async Task FillAsync(SecureFolder folder, string settings)
    {
        await File.WriteAllTextAsync(folder.Path + "/settings.json", settings);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        for (var i = 0; i < 60; i++)
        {
            var report = SocketClient.Minimal.Replace("\"stderr\":\"\"", string.Create(CultureInfo.InvariantCulture, $"\"stderr\":\"{new string('e', 50_000)}\""));
            Assert.True(SocketClient.Ask(folder.Socket, Encoding.UTF8.GetBytes(report)).GetProperty("ok").GetBoolean());
        }

        Assert.Equal(0, await daemon.StopAsync());
    }

    private static async Task RestartAsync(SecureFolder folder)
    {
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // A part has its turn after the clients have had theirs.
        Assert.True(SocketClient.Ask(folder.Socket, "{\"request\":\"status\"}").GetProperty("ok").GetBoolean());
        Assert.True(SocketClient.Ask(folder.Socket, "{\"request\":\"status\"}").GetProperty("ok").GetBoolean());
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static long Bytes(SecureFolder folder) => Directory.GetFiles(folder.Reports).Sum(f => new FileInfo(f).Length);

    private static async Task<List<JsonElement>> PrunedAsync(SecureFolder folder) =>
        [.. (await AgentProgram.EntriesAsync(folder.Path)).Where(e => e.GetProperty("event").GetString() == "audit.prune")];
}
