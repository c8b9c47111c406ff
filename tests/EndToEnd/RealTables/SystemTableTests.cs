using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.RealTables;

/// <summary>
/// The tables of packages where packages put them, on a host that root reaches over ssh: each is listed, edited, paused and resumed, and
/// restored byte for byte with its owner, group and mode. No cron runs there, since it would run them.
/// </summary>
public sealed class SystemTableTests
{
    private const int Consoles = 3;
    private static readonly string[] Modes = ["644", "600", "640"];

    [Fact]
    public async Task Each_is_listed_edited_paused_and_restored_with_its_owner_and_mode()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await hosts.AddRootAsync("web01");
        RealTable[] tables = [.. RealTable.OfSystem];
        foreach (string user in tables.SelectMany(table => table.Users).Distinct())
            await hosts.AsRootAsync($"id {user} >/dev/null 2>&1 || echo '{user}:x:65000:65000::/nonexistent:/bin/false' >>/etc/passwd");
        for (int i = 0; i < tables.Length; i++)
            await PutAsync(hosts, tables[i], Modes[i % Modes.Length], group: i % 2 == 0 ? "root" : "adm");
        string before = await FilesAsync(hosts);

        await Task.WhenAll(Enumerable.Range(0, Consoles).Select(console => EachAsync(hosts, [.. tables.Where((_, at) => at % Consoles == console)])));

        // Nothing is left beside the tables, and none has another owner, group or mode.
        Assert.Equal(before, await FilesAsync(hosts));
    }

    private static async Task EachAsync(LiveHosts hosts, IReadOnlyList<RealTable> tables)
    {
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        foreach ((int number, RealTable table) in tables.Index())
        {
            string path = PathOf(table);
            // Reads the table.
            await home.GoodAsync("job", "diff", "web01", "--table", path);
            List<JsonElement> rows = await RowsAsync(home, path);
            Assert.Equal(
                table.Entries.Select(entry => $"active {entry.Groups["user"].Value} {entry.Groups["schedule"].Value.Trim()} {entry.Groups["command"].Value.Replace("\\%", "%", StringComparison.Ordinal)}"),
                rows.Select(row => $"{row.GetProperty("state").GetString()} {row.GetProperty("user").GetString()} {row.GetProperty("schedule").GetString()} {row.GetProperty("command").GetString()}"));
            if (rows.Count == 0)
            {
                await home.GoodAsync("job", "add", "web01", "@daily", "true", "--table", path, "--user", "root", "--no-agent", "--yes");
                Assert.Equal(table.Text + "@daily root true\n", await TextAsync(hosts, path));
            }
            else
            {
                string job = rows[0].GetProperty("id").GetString()!, schedule = rows[0].GetProperty("schedule").GetString()!;
                await home.GoodAsync("job", "edit", "web01", job, "--schedule", "7 4 * * 2", "--table", path, "--yes");
                int at = table.Entries[0].Index + table.Entries[0].Value.IndexOf(schedule, StringComparison.Ordinal);
                Assert.Equal(string.Concat(table.Text.AsSpan(0, at), "7 4 * * 2", table.Text.AsSpan(at + schedule.Length)), await TextAsync(hosts, path));
            }

            await home.GoodAsync("job", "undo", "--table", path, "--yes");
            Assert.Equal(table.Text, await TextAsync(hosts, path));
            // Every second one, for the time that it takes.
            if (rows.Count == 0 || number % 2 == 1) continue;
            await home.GoodAsync("job", "pause", "web01", (await RowsAsync(home, path))[^1].GetProperty("id").GetString()!, "--table", path, "--yes");
            Assert.NotEqual(table.Text, await TextAsync(hosts, path));
            JsonElement paused = Assert.Single(await RowsAsync(home, path), row => row.GetProperty("state").GetString() == "paused");
            await home.GoodAsync("job", "resume", "web01", paused.GetProperty("id").GetString()!, "--table", path, "--yes");
            Assert.Equal(table.Text, await TextAsync(hosts, path));
        }
    }

    private static string PathOf(RealTable table) => table.Name == "crontab" ? "/etc/crontab" : $"/etc/cron.d/{table.SystemName}";

    private static async Task PutAsync(LiveHosts hosts, RealTable table, string mode, string group)
    {
        string path = PathOf(table);
        CronResult put = await hosts.Cron.RunAsync(["/bin/sh", "-c", $"cat >{path} && chmod {mode} {path} && chgrp {group} {path}"], input: table.Bytes);
        Assert.Equal(0, put.ExitCode);
    }

    private static Task<string> FilesAsync(LiveHosts hosts) => hosts.AsRootAsync("cd /etc && stat -c '%n %a %u %g' crontab cron.d/* cron.d/.[!.]* 2>/dev/null; true");

    private static async Task<string> TextAsync(LiveHosts hosts, string path) => Encoding.Latin1.GetString((await hosts.Cron.RunAsync(["cat", path])).Output);

    /// <summary>The table's jobs as this console has read or written them last.</summary>
    private static async Task<List<JsonElement>> RowsAsync(ConsoleHome home, string path) =>
        [.. JsonDocument.Parse((await home.GoodAsync("job", "list", "web01", "--cached", "--json")).Output).RootElement.EnumerateArray()
            .Where(row => row.GetProperty("table").GetString() == path)];
}
