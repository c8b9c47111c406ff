using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.BadInput;

/// <summary>Arguments, settings and folders that cannot be used: exit code 2, and nothing is changed.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly ConsoleHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Unknown_verbs_options_and_hosts_are_named()
    {
        Refusal.Is(await _home.RunAsync("bogus"), 2, "'bogus'", "cc-console --help");
        Refusal.Is(await _home.RunAsync("audit", "heads", "--bogus"), 2, "'--bogus'", "cc-console audit heads --help");
        Refusal.Is(await _home.RunAsync("job"), 2, "cc-console job --help");
        Refusal.Is(await _home.RunAsync("job", "list", "nohost"), 2, "no host \"nohost\"", "cc-console host list");
        Refusal.Is(await _home.RunAsync("job", "list"), 2, "no host in the fleet", "cc-console host add");
        Refusal.Is(await _home.RunAsync("host", "add", "a b"), 2, "\"a b\" cannot be added", "without blanks");
        Refusal.Is(await _home.RunAsync("report", "show", "41"), 2, "41");
        Refusal.Is(await _home.RunAsync("audit", "verify"), 2, "nothing to verify");
        Refusal.Is(await _home.RunAsync("crontab", "next", "61 * * * *"), 2, "61");
    }

    [Fact]
    public async Task A_broken_list_of_hosts_is_named_with_its_line_and_left_as_it_is()
    {
        const string broken = "{\n \"hosts\": [\n {\"name\": }\n]}\n";
        _home.WriteConfig("hosts.json", broken);
        foreach (string[] verb in (string[][])[["host", "list"], ["host", "add", "y", "local"], ["job", "list"], []])
            Refusal.Is(await _home.RunAsync(verb), 2, "hosts.json, line 3");
        Assert.Equal(broken, await File.ReadAllTextAsync(Path.Combine(_home.Config, "hosts.json")));
    }

    [Theory]
    [InlineData("{\n\n \"nosuch\": 1 }\n", "line 3: there is no setting \"nosuch\"")]
    [InlineData("{ \"theme\":\n 7 }\n", "line 2: \"theme\" is not a text")]
    [InlineData("{ \"readOnly\":\n\n", "line 3: this is not JSON")]
    public async Task Broken_settings_are_named_with_their_line(string settings, string message)
    {
        _home.WriteConfig("settings.json", settings);
        Refusal.Is(await _home.RunAsync("host", "list"), 2, "settings.json, " + message);
        Refusal.Is(await _home.RunAsync(), 2, "settings.json, " + message);
    }

    [Fact]
    public async Task A_damaged_cache_is_left_as_it_is()
    {
        await _home.GoodAsync("host", "list");
        string cache = Path.Combine(_home.State, "cache.db");
        byte[] damaged = [.. "this was a database once"u8, .. new byte[8192]];
        await File.WriteAllBytesAsync(cache, damaged);
        foreach (string[] verb in (string[][])[["host", "list"], ["audit", "heads"], []])
            Refusal.Is(await _home.RunAsync(verb), 2, cache, "damaged", "left as it is", "mv ");
        Assert.Equal(damaged, await File.ReadAllBytesAsync(cache));
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_or_is_not_private_is_refused()
    {
        _home.Environment["XDG_STATE_HOME"] = "/proc/nowhere";
        Refusal.Is(await _home.RunAsync("host", "list"), 2, "/proc/nowhere");
        _home.Environment["XDG_STATE_HOME"] = "";

        await _home.GoodAsync("host", "list");
        File.SetUnixFileMode(_home.State, (UnixFileMode)Convert.ToInt32("777", 8));
        Refusal.Is(await _home.RunAsync("host", "list"), 2, "open to other users (mode 0777)", "chmod 700");
        File.SetUnixFileMode(_home.State, (UnixFileMode)Convert.ToInt32("700", 8));
        await _home.GoodAsync("host", "list");
    }

    [Fact]
    public async Task Read_only_by_option_or_setting_refuses_changes_and_shows_everything()
    {
        Refusal.Is(await _home.RunAsync("host", "add", "here", "local", "--read-only"), 2, "read-only", "--read-only");
        await _home.GoodAsync("host", "add", "here", "local");
        _home.WriteConfig("settings.json", "{ \"readOnly\": true }\n");
        Refusal.Is(await _home.RunAsync("host", "remove", "here"), 2, "read-only", "settings.json");
        Assert.Contains("here", (await _home.GoodAsync("host", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_file_that_is_cut_in_its_middle_or_not_there_is_told_apart()
    {
        string good = Path.Combine(Published.Tree, "tests/vectors/audit-chain/good-sorted.ndjson"), cut = Path.Combine(_home.Folder, "cut.jsonl");
        string[] lines = await File.ReadAllLinesAsync(good);
        await File.WriteAllLinesAsync(cut, lines.Where((_, i) => i != 5));

        var run = await _home.RunAsync("audit", "verify", cut);
        Assert.True(run.Code == 1, run.ToString());
        Assert.Contains("✗", run.Output, StringComparison.Ordinal);
        Assert.Contains("6", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await _home.RunAsync("audit", "verify", cut + ".gone")).Code);
    }
}
