using System.Text;
using System.Text.Json;
using CcAgent.Native;
using CcAgent.Tests.Harness;
using CcConsole.Core.Audit;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>Changes of tables that others make, seen by the real daemon on a host with the real crontab(1).</summary>
public sealed class ChangedTests
{
    private const string First = "# first\n0 3 * * * /bin/true\n", Second = "# first\n0 4 * * * /bin/true 'caf\u00e9'\n";

    [Fact]
    public async Task What_others_change_is_recorded_once_with_hashes_and_diff()
    {
        await using var host = await WatchedHost.CreateAsync();
        var user = await host.Cron.AddUserAsync();
        await host.Cron.InstallAsync(user, Encoding.UTF8.GetBytes(First));
        await host.StartAgentAsync();

        await host.Cron.InstallAsync(user, Encoding.UTF8.GetBytes(Second));
        // As packages and editors do it: another name first, then the right one, then once more.
        await host.ShellAsync(
            "cd /etc/cron.d; echo '1 1 * * * root true' >nightly.dpkg-new; mv nightly.dpkg-new nightly; cp nightly nightly~; echo '# end' >>nightly; rm nightly~; "
            + "printf '#!/bin/sh\\ntrue\\n' >/etc/cron.daily/tidy; chmod 755 /etc/cron.daily/tidy");
        var changed = await host.EntriesAsync(AuditEvents.CrontabChanged, 3);
        Assert.Equal(["/etc/cron.d/nightly", "/etc/cron.daily/tidy", "crontab of " + user.Name], changed.Select(Table).Order(StringComparer.Ordinal));
        var own = changed.Single(entry => Table(entry) == "crontab of " + user.Name);
        Assert.Equal((Hash(First), Hash(Second)), (Text(own, "sha256_before"), Text(own, "sha256_after")));
        Assert.Equal("@@ -1,2 +1,2 @@\n # first\n-0 3 * * * /bin/true\n+0 4 * * * /bin/true 'caf\u00e9'\n", Text(own, "diff"));
        Assert.Equal(user.Uid, own.GetProperty("owner_uid").GetInt32());
        Assert.False(own.TryGetProperty("while_away", out _));
        var package = changed.Single(entry => Table(entry) == "/etc/cron.d/nightly");
        Assert.Equal("@@ -0,0 +1,2 @@\n+1 1 * * * root true\n+# end\n", Text(package, "diff"));
        Assert.Equal(JsonValueKind.Null, package.GetProperty("sha256_before").ValueKind);

        await host.ShellAsync($"rm /etc/cron.d/nightly; crontab -u {user.Name} -r");
        changed = await host.EntriesAsync(AuditEvents.CrontabChanged, 5);
        Assert.All(changed.Skip(3), static entry => Assert.Equal(JsonValueKind.Null, entry.GetProperty("sha256_after").ValueKind));
        Assert.StartsWith("OK", await host.Folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_changed_while_the_daemon_was_away_is_seen_at_its_start_and_no_second_time_at_the_next()
    {
        await using var host = await WatchedHost.CreateAsync();
        var user = await host.Cron.AddUserAsync();
        await host.Cron.InstallAsync(user, Encoding.UTF8.GetBytes(First));
        await host.StartAgentAsync();
        await host.KillAgentAsync();
        await host.Cron.InstallAsync(user, Encoding.UTF8.GetBytes(Second));
        await host.ShellAsync($"echo '1 1 * * * root true' >/etc/cron.d/new; cp -a {host.Folder.Path}/watch {host.Folder.Path}/before");
        await host.StartAgentAsync();
        var changed = await host.EntriesAsync(AuditEvents.CrontabChanged, 2);
        Assert.All(changed, static entry => Assert.True(entry.GetProperty("while_away").GetBoolean()));

        // The daemon dies between the entry and what it keeps of the table: what it had kept before is there again.
        await host.KillAgentAsync();
        await host.ShellAsync($"rm -r {host.Folder.Path}/watch; mv {host.Folder.Path}/before {host.Folder.Path}/watch");
        await host.StartAgentAsync();
        await Eventually.TrueAsync(() => Kept(host).Contains("\"/etc/cron.d/new\"", StringComparison.Ordinal), "the tables are kept as they are now", WatchedHost.Looked);
        await host.StopAgentAsync();
        await host.StartAgentAsync();
        await Task.Delay(2000);
        Assert.Equal(2, (await host.EntriesAsync(AuditEvents.CrontabChanged)).Count);
    }

    [Fact]
    public async Task A_users_daemon_sees_the_users_own_table_and_not_the_edits_of_its_own_serve()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        await Eventually.TrueAsync(() => File.Exists(user.Data + "/watch/state.json"), "a first look at the table", 60);
        await using (var serve = ServeClient.StartAs(user))
        {
            var written = await serve.ResultAsync("crontab.write", Write(First, null));
            Assert.Equal("written", written.GetProperty("outcome").GetString());
        }

        await Eventually.TrueAsync(() => Directory.GetFiles(user.Data + "/watch", "*.table").Length == 1, "the edit has been looked at", WatchedHost.Looked);
        TestUser.Run("/bin/sh", "-c", $"echo '5 5 * * * true' | crontab -u {user.Name} -");
        List<JsonElement> changed = [];
        await Eventually.TrueAsync(
            async () =>
            {
                var shown = await AgentProgram.RunAsAsync(user, "audit", "show", "--json");
                changed = [.. AgentProgram.Lines(shown.Output).Where(static entry => entry.GetProperty("event").GetString()!.StartsWith("crontab.", StringComparison.Ordinal))];
                return changed.Count == 2;
            },
            "the change by another",
            WatchedHost.Looked);
        Assert.Equal(["crontab.edited", "crontab.changed"], changed.Select(static entry => Text(entry, "event")));
        Assert.Equal((Hash(First), "@@ -1,2 +1,1 @@\n-# first\n-0 3 * * * /bin/true\n+5 5 * * * true\n"), (Text(changed[1], "sha256_before"), Text(changed[1], "diff")));
        Assert.Equal("crontab of " + user.Name, Table(changed[1]));
    }

    private static string Kept(WatchedHost host) =>
        string.Concat(Directory.GetFiles(host.Folder.Path + "/watch", "*.table").Select(static path => Encoding.UTF8.GetString(SmallFile.Read(path) ?? []).Split('\n')[0]));

    private static string Write(string content, string? expected) => $$"""
        {"content":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}}","actor":"ada","origin":"laptop","reason":"why not"{{(expected is null ? "" : $",\"expectedSha256\":\"{expected}\"")}}}
        """.Trim();

    private static string Table(JsonElement entry) => Text(entry, "table")!;

    private static string? Text(JsonElement entry, string name) => entry.GetProperty(name).GetString();

    private static string Hash(string table) => Sha256.Hash(Encoding.UTF8.GetBytes(table)).ToString();
}
