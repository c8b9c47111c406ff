using System.Text.Json;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.RealTables;

/// <summary>The tables of packages as users' own, on hosts with an agent: each is listed, adopted or added to, and given back byte for byte.</summary>
public sealed class UserTableTests
{
    private const int Accounts = 4;

    [Fact]
    public async Task Each_is_listed_changed_through_the_agent_and_given_back_byte_for_byte()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        List<Task> running = [];
        for (int account = 0; account < Accounts; account++)
        {
            LiveHost web = await hosts.AddAsync($"web0{account}");
            running.Add(EachAsync(hosts, web, RealTable.All.Where((_, at) => at % Accounts == account).ToList()));
        }
        await Task.WhenAll(running);
    }

    private static async Task EachAsync(LiveHosts hosts, LiveHost web, IReadOnlyList<RealTable> tables)
    {
        string name = web.Name;
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", name);
        foreach (RealTable table in tables)
        {
            byte[] before = table.OfUser;
            await web.PutTableAsync(before);
            string? job = null;
            using (JsonDocument rows = JsonDocument.Parse((await home.GoodAsync("job", "list", name, "--own", "--json")).Output))
            {
                Assert.Equal(
                    table.Entries.Select(entry => $"active {entry.Groups["schedule"].Value.Trim()} {entry.Groups["command"].Value.Replace("\\%", "%", StringComparison.Ordinal)}"),
                    rows.RootElement.EnumerateArray().Select(row => $"{row.GetProperty("state").GetString()} {row.GetProperty("schedule").GetString()} {row.GetProperty("command").GetString()}"));
                if (table.Entries.Count > 0) job = rows.RootElement[0].GetProperty("id").GetString();
            }

            if (job is null)
            {
                await home.GoodAsync("job", "add", name, "@daily", "true", "--name", "added", "--yes");
                await home.GoodAsync("job", "undo", "--host", name, "--yes");
            }
            else
            {
                await home.GoodAsync("job", "adopt", name, job, "--yes");
                byte[] adopted = await web.TableAsync();
                Assert.NotEqual(before, adopted);
                using JsonDocument rows = JsonDocument.Parse((await home.GoodAsync("job", "list", name, "--cached", "--json")).Output);
                Assert.True(rows.RootElement[0].GetProperty("managed").GetBoolean());
                await home.GoodAsync("job", "release", name, rows.RootElement[0].GetProperty("id").GetString()!, "--yes");
            }
            Assert.Equal(before, await web.TableAsync());
        }
    }
}
