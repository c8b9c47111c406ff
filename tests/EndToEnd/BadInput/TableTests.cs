using System.Text;
using System.Text.Json;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.BadInput;

/// <summary>Hosts without cron, tables with lines that do not parse, and changes that nobody confirmed.</summary>
public sealed class TableTests : IAsyncLifetime
{
    private LiveHosts _hosts = null!;
    private LiveHost _web = null!;
    private ConsoleHome _home = null!;

    public async ValueTask InitializeAsync()
    {
        _hosts = await LiveHosts.StartAsync();
        _web = await _hosts.AddAsync("web01", agent: false);
        _home = new ConsoleHome(_hosts.SshConfig);
        await _home.GoodAsync("host", "add", "web01");
    }

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _hosts.DisposeAsync();
    }

    [Fact]
    public async Task A_line_that_does_not_parse_is_a_row_and_keeps_its_bytes()
    {
        byte[] table = Encoding.UTF8.GetBytes("# ours\n5 4 * * * echo good\nthis is no entry\n");
        await _web.PutTableAsync(table);

        using JsonDocument rows = JsonDocument.Parse((await _home.GoodAsync("job", "list", "web01", "--own", "--json")).Output);
        Assert.Equal([("active", 2), ("unparsed", 3)], rows.RootElement.EnumerateArray().Select(row => (row.GetProperty("state").GetString()!, row.GetProperty("line").GetInt32())));
        string good = rows.RootElement[0].GetProperty("id").GetString()!, bad = rows.RootElement[1].GetProperty("id").GetString()!;

        // cron's own crontab installs no table with such a line: the edit says so, and writes nothing.
        Refusal.Is(await _home.RunAsync("job", "edit", "web01", good, "--schedule", "6 4 * * *", "--yes"), 1, "refused the table", "Line 3 of the table does not parse");
        Assert.Equal(table, await _web.TableAsync());

        Refusal.Is(await _home.RunAsync("job", "remove", "web01", bad, "--yes"), 2, "Line 3 does not parse", "crontab -e");
        Assert.Equal(table, await _web.TableAsync());

        // Once a person has mended that line, the edit changes its own line and no other byte.
        await _web.PutTableAsync("# ours\n5 4 * * * echo good\n#this is no entry\n"u8.ToArray());
        await _home.GoodAsync("job", "edit", "web01", good, "--schedule", "6 4 * * *", "--yes");
        Assert.Equal("# ours\n6 4 * * * echo good\n#this is no entry\n", Encoding.UTF8.GetString(await _web.TableAsync()));
    }

    [Fact]
    public async Task A_change_without_a_confirmation_changes_nothing()
    {
        byte[] table = [.. OddTable.Bytes, (byte)'\n'];
        await _web.PutTableAsync(table);

        Refusal.Is(await _home.RunAsync("job", "add", "web01", "@daily", "true"), 2, "needs a confirmation", "--yes");
        Assert.Contains("true", (await _home.GoodAsync("job", "add", "web01", "@daily", "true", "--dry-run")).Error, StringComparison.Ordinal);
        Refusal.Is(await _home.RunAsync("job", "add", "web01", "@daily", "true", "--yes", "--read-only"), 2, "read-only");
        Refusal.Is(await _home.RunAsync("job", "add", "web01", "61 * * * *", "true", "--yes"), 2, "bad minute");
        Refusal.Is(await _home.RunAsync("job", "remove", "web01", "nosuch", "--yes"), 2, "nosuch");
        Refusal.Is(await _home.RunAsync("job", "undo", "--yes"), 2, "no change to undo");

        Assert.Equal(table, await _web.TableAsync());
    }

    [Fact]
    public async Task A_host_without_crontab_is_told_and_none_is_made_up()
    {
        // Only within the hosts' own mount namespace.
        await _web.AsRootAsync("mount --bind /dev/null /usr/bin/crontab");

        Refusal.Is(await _home.RunAsync("host", "test", "web01"), 1, "no crontab command", "Install cron");
        Refusal.Is(await _home.RunAsync("job", "list", "web01"), 1, "no crontab command", "Install cron");
        Refusal.Is(await _home.RunAsync("job", "add", "web01", "@daily", "true", "--yes"), 2, "no crontab command");
        Refusal.Is(await _home.RunAsync(), 1, "no crontab command");
    }
}
