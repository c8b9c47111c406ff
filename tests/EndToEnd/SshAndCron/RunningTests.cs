using System.Diagnostics;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.SshAndCron;

/// <summary>A run that the real cron has started is seen and stopped over the real sshd.</summary>
public sealed class RunningTests
{
    [Fact]
    public async Task A_run_that_cron_has_started_is_listed_and_stopped_from_the_console_and_the_host_remembers_by_whom()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("job", "add", "web01", "@reboot", "trap '' TERM; echo up; sleep 301 & echo $! >child; wait; sleep 302", "--job-id", "night", "--yes");
        Assert.Equal("[]", (await home.GoodAsync("job", "running", "--json")).Output.Trim());
        await hosts.Cron.StopDaemonAsync();
        using Process cron = hosts.Cron.Start(["/bin/sh", "-c", "rm -f /run/crond.reboot; exec cron -f"]);
        try
        {
            JsonElement run = default;
            for (int tries = 0; run.ValueKind != JsonValueKind.Object; tries++)
            {
                Assert.True(tries < 300, "the run is not listed");
                await Task.Delay(200);
                run = JsonDocument.Parse((await home.GoodAsync("job", "running", "web01", "--json")).Output).RootElement.EnumerateArray().FirstOrDefault();
            }
            Assert.Equal(("web01", "night", web.User.Name), (run.GetProperty("host").GetString(), run.GetProperty("job").GetString(), run.GetProperty("user").GetString()));
            Assert.Contains("sleep 302", run.GetProperty("command").GetString(), StringComparison.Ordinal);

            // A host that cannot be asked is named, and what the other one tells is told.
            await home.GoodAsync("host", "add", "gone01", "nobody@127.0.0.1:1");
            ProgramResult all = await home.RunAsync("job", "running");
            Assert.Equal(1, all.Code);
            Assert.Contains("night", all.Output, StringComparison.Ordinal);
            Assert.Contains("gone01", all.Error, StringComparison.Ordinal);
            await home.GoodAsync("host", "remove", "gone01");

            ProgramResult unasked = await home.RunAsync("job", "stop", "night", "--host", "web01");
            Assert.Equal(2, unasked.Code);
            Assert.Contains("--yes", unasked.Error, StringComparison.Ordinal);
            ProgramResult refused = await home.RunAsync("job", "stop", "night", "--yes", "--read-only");
            Assert.Equal(2, refused.Code);

            string id = run.GetProperty("run_id").GetString()!;
            JsonElement stopped = JsonDocument.Parse((await home.GoodAsync("job", "stop", id[..12], "--kill-after", "1s", "--yes", "--json")).Output).RootElement;
            Assert.Equal(
                ("night", "KILL", true, true),
                (stopped.GetProperty("job").GetString(), stopped.GetProperty("signal").GetString(), stopped.GetProperty("ended").GetBoolean(), stopped.GetProperty("recorded").GetBoolean()));
            Assert.Equal("[]", (await home.GoodAsync("job", "running", "--json")).Output.Trim());
            string child = (await File.ReadAllTextAsync(Path.Combine(web.User.Home, "child"))).Trim();
            // The whole group has got the signal that ended the run; each of it dies in its own time.
            for (int tries = 0; Lives(child); tries++)
            {
                Assert.True(tries < 600, "the run's child lives on");
                await Task.Delay(100);
            }

            await home.GoodAsync("audit", "pull", "web01");
            string[] events = [.. JsonDocument.Parse((await home.GoodAsync("audit", "list", "web01", "--json")).Output).RootElement.EnumerateArray()
                .Select(static entry => entry.GetProperty("event").GetString()!)];
            Assert.Equal(2, events.Count(static name => name == "job.stopped"));
            Assert.Single(events, static name => name == "job.started");
            Assert.Single(events, static name => name == "job.finished");
        }
        finally
        {
            await hosts.Cron.RunAsync(["/bin/kill", "-TERM", $"{cron.Id}"]);
            await cron.WaitForExitAsync();
        }
    }

    private static bool Lives(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
