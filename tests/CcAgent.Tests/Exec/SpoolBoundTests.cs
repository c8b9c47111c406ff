using System.Globalization;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Exec;

/// <summary>A spool that no daemon empties stays within the settings: the oldest go first, and it is on record that they went.</summary>
public class SpoolBoundTests
{
    [Theory]
    [InlineData("""{"spool": {"maxReports": 40}}""", 50, 10, 15)]
    [InlineData("""{"spool": {"maxMegabytes": 1}}""", 31, 40_000, 2)]
    public async Task The_oldest_reports_go_first_and_that_is_recorded(string settings, int waiting, int bytes, int least)
    {
        using var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", settings, TestContext.Current.CancellationToken);
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < waiting; i++)
        {
            var micros = (start.AddMinutes(i) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            await File.WriteAllTextAsync(
                string.Create(CultureInfo.InvariantCulture, $"{folder.Spool}/{micros:D17}-{i:x32}.json"),
                SocketClient.Minimal.Replace("foreign", string.Create(CultureInfo.InvariantCulture, $"w{i}")).Replace("\"stderr\":\"\"", $"\"stderr\":\"{new string('e', bytes)}\"")
                    .Replace("2024-03-20T10:00:00Z", start.AddMinutes(i).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                TestContext.Current.CancellationToken);
        }

        var result = await AgentProgram.ExecAsync(folder.Path, "last", "/bin/sh", "-c", "exit 3");
        Assert.Equal(3, result.Code);
        Assert.Contains("were dropped, the oldest first", result.Error, StringComparison.Ordinal);

        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool, "*.json").Length == 0, "the spool is empty");
        var reports = (await AgentProgram.ReportsAsync(folder.Path)).Select(r => r.GetProperty("report")).ToList();
        var dropped = waiting + 1 - (reports.Count - 1);
        Assert.InRange(dropped, least, waiting - 5);
        Assert.Equal("last", reports[^1].GetProperty("jobId").GetString());
        // In the place of those that went, before those that stayed.
        Assert.True(reports[0].GetProperty("lost").GetBoolean());
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"those of {dropped} runs, begun from 2026-01-01T00:00:00Z"), reports[0].GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(dropped, waiting - dropped).Select(i => $"w{i}"), reports[1..^1].Select(r => r.GetProperty("jobId").GetString()));
        var entry = (await AgentProgram.EntriesAsync(folder.Path)).Single(e => e.GetProperty("event").GetString() == "job.lost");
        Assert.Equal("cc-agent", entry.GetProperty("job_id").GetString());
    }

    [Fact]
    public async Task Who_fills_roots_spool_drives_out_nobody_elses_reports()
    {
        using var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", """{"spool": {"maxReports": 40}}""", TestContext.Current.CancellationToken);
        await AgentProgram.ShellAsync(
            $"cd {folder.Path}; mkdir -m 1733 spool; cd spool; for i in $(seq 10 19); do echo '{{}}' >010000000000000$i-honest.json; done; "
            + "for i in $(seq 10 49); do echo '{}' >099999999999999$i-crowd.json; done; chown 65534 *-crowd.json");
        Assert.Contains("were dropped", (await AgentProgram.ExecAsync(folder.Path, "x", "/bin/true")).Error, StringComparison.Ordinal);
        Assert.Equal(10, Directory.GetFiles(folder.Spool, "*-honest.json").Length);
        Assert.InRange(Directory.GetFiles(folder.Spool, "*-crowd.json").Length, 20, 30);
    }

    [Fact]
    public async Task A_spool_within_the_settings_keeps_all()
    {
        using var folder = new SecureFolder();
        for (var i = 0; i < 3; i++)
            Assert.DoesNotContain("dropped", (await AgentProgram.ExecAsync(folder.Path, "x", "/bin/true")).Error, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(folder.Spool, "*.json").Length);
    }
}
