using System.Text.Json;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary>One verb, many hosts: <c>job …</c> on several, and the journal's <c>change …</c>.</summary>
public sealed class ManyHostsTests : IDisposable
{
    private const string Table = "#cc: name=Backup\n30 2 * * * tar c /srv\n@daily other\n";
    private const string Commented = "# see the wiki\n" + Table;
    private static readonly string[] Comment = ["job", "comment", "add"];
    private static readonly string[] Text = ["see the wiki", "--above", "backup"];
    private readonly VerbHome _home = new();

    public ManyHostsTests() => _home.Host("web01", Table, "web").Host("web02", Table, "web", "old").Host("web03", Table);

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("web01,web02", "web01 web02")]
    [InlineData("web02,web02,tag:OLD", "web02")]
    [InlineData("tag:web", "web01 web02")]
    [InlineData("tag:old,web03", "web02 web03")]
    [InlineData("all", "web01 web02 web03")]
    public async Task Hosts_are_names_with_commas_or_tags_or_all_and_no_other_is_changed(string hosts, string meant)
    {
        ProgramResult result = await CommentAsync(hosts, "--yes");
        Assert.True(result.Code == 0, result.ToString());
        Assert.Equal("", result.Output);
        Changed(meant);
    }

    [Theory]
    [InlineData("web01,nosuch", "nosuch")]
    [InlineData("tag:nosuch", "nosuch")]
    [InlineData("web01,", "")]
    public async Task A_word_that_means_no_host_changes_none_of_the_others(string hosts, string named)
    {
        ProgramResult result = await CommentAsync(hosts, "--yes");
        Assert.Equal(2, result.Code);
        Assert.Contains(named, result.Error);
        Changed("");
    }

    [Fact]
    public async Task What_is_asked_only_to_be_shown_is_shown_and_neither_written_nor_noted()
    {
        ProgramResult shown = await CommentAsync("all", "--dry-run");
        Assert.Equal(0, shown.Code);
        Assert.Contains("3 hosts", shown.Error);
        Assert.Contains("web01, web02, web03", shown.Error); // one diff for all that have the same
        Assert.Single(shown.Error.Split('\n'), line => line.Contains("+# see the wiki", StringComparison.Ordinal));

        (int code, JsonElement[] lines) = await _home.LinesAsync([.. Comment, "all", .. Text, "--dry-run"]);
        Assert.Equal(0, code);
        Assert.Equal(["web01 planned", "web02 planned", "web03 planned"], lines.Select(HostAndOutcome));
        Changed("");
        Assert.Equal(0, (await _home.JsonAsync("change", "list")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Without_a_terminal_and_without_yes_the_plan_is_shown_and_refused()
    {
        foreach (string[] json in (string[][])[[], ["--json"]])
        {
            ProgramResult refused = await CommentAsync("all", json);
            Assert.Equal(2, refused.Code);
            Assert.Contains("+# see the wiki", refused.Error);
            Assert.Contains("next: give --yes", refused.Error);
            Assert.Equal("", refused.Output);
        }
        Changed("");
        Assert.Equal(0, (await _home.JsonAsync("change", "list")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Read_only_refuses_to_change_resume_and_undo_and_still_shows()
    {
        Assert.Equal(0, (await CommentAsync("tag:web", "--yes")).Code);
        _home.Fill("web03");
        Assert.Equal(1, (await _home.RunAsync("job", "pause", "web03,web01", "backup", "--parallel", "1", "--yes")).Code);
        foreach (string[] verb in (string[][])[[.. Comment, "all", .. Text], ["job", "copy", "web01", "backup", "--to-host", "web02,web03"], ["change", "resume", "p2"], ["change", "undo", "p1"]])
        {
            ProgramResult refused = await _home.RunAsync([.. verb, "--yes", "--read-only"]);
            Assert.True(refused.Code == 2 && refused.Error.Contains("read-only", StringComparison.Ordinal), refused.ToString());
        }
        Changed("web01 web02");
        Assert.Equal(0, (await _home.RunAsync("change", "list", "--read-only")).Code);
        Assert.Equal(0, (await _home.RunAsync("change", "show", "p1", "--read-only")).Code);
        Assert.Equal(0, (await CommentAsync("all", "--dry-run", "--read-only")).Code);
    }

    [Fact]
    public async Task A_plan_stops_at_the_first_failure_and_is_resumed_and_undone_and_the_undo_undone()
    {
        _home.Fill("web01");
        (int code, JsonElement[] lines) = await _home.LinesAsync([.. Comment, "all", .. Text, "--parallel", "1", "--reason", "the restore test", "--yes"]);
        Assert.Equal(1, code);
        Assert.Equal(["web01 refused", "web02 not_started", "web03 not_started"], lines[..^1].Select(HostAndOutcome));
        Assert.Contains("No space left", lines[0].GetProperty("message").GetString());
        Assert.False(lines[^1].GetProperty("complete").GetBoolean());
        Changed("");

        (_, JsonElement list) = await _home.JsonAsync("change", "list");
        Assert.Equal("p1", list[0].GetProperty("number").GetString());
        Assert.Equal("the restore test", list[0].GetProperty("reason").GetString());
        Assert.Contains("2 not started, 1 refused", (await _home.RunAsync("change", "list")).Output);
        ProgramResult shown = await _home.RunAsync("change", "show", "p1");
        Assert.Contains("web02: not started", shown.Output);
        Assert.Contains("+# see the wiki", shown.Output);

        ProgramResult asked = await _home.RunAsync("change", "resume", "p1");
        Assert.True(asked.Code == 2 && asked.Error.Contains("--yes", StringComparison.Ordinal), asked.ToString());
        Assert.Contains("+# see the wiki", asked.Error);
        Assert.Contains("– web01: refused", asked.Error);
        Changed("");
        ProgramResult still = await _home.RunAsync("change", "resume", "p1", "--continue-on-error", "--yes");
        Assert.True(still.Code == 1 && still.Error.Contains("plan p1: 2 applied, 1 refused", StringComparison.Ordinal), still.ToString());
        Changed("web02 web03");
        _home.Free("web01");
        Assert.Equal(0, (await _home.RunAsync("change", "resume", "p1", "--yes")).Code);
        Changed("web01 web02 web03");
        (code, lines) = await _home.LinesAsync("change", "resume", "p1", "--yes");
        Assert.True(code == 0 && Assert.Single(lines).GetProperty("complete").GetBoolean());

        Assert.Equal(0, (await _home.RunAsync("change", "undo", "p1", "--yes")).Code);
        Changed("");
        Assert.Equal(0, (await _home.RunAsync("change", "undo", "p2", "--yes")).Code);
        Changed("web01 web02 web03");
    }

    [Fact]
    public async Task With_continue_on_error_the_others_are_changed_and_each_result_is_a_line()
    {
        _home.Fill("web02");
        (int code, JsonElement[] lines) = await _home.LinesAsync([.. Comment, "all", .. Text, "--continue-on-error", "--yes"]);
        Assert.Equal(1, code);
        Assert.Equal(["web01 applied", "web02 refused", "web03 applied"], lines[..^1].Select(HostAndOutcome).Order());
        Assert.All(lines, line => Assert.Equal("p1", line.GetProperty("plan").GetString()));
        Assert.Equal((2, 1), (lines[^1].GetProperty("hosts").GetProperty("applied").GetInt32(), lines[^1].GetProperty("hosts").GetProperty("refused").GetInt32()));
        Changed("web01 web03");
    }

    [Fact]
    public async Task A_host_for_which_there_is_no_plan_stops_all_or_is_named_while_the_others_go_on()
    {
        _home.Host("web04", "@daily other\n");
        string[] pause = ["job", "pause", "web01,web04", "backup", "--yes"];
        ProgramResult stopped = await _home.RunAsync(pause);
        Assert.True(stopped.Code == 2 && stopped.Error.Contains("--continue-on-error", StringComparison.Ordinal), stopped.ToString());
        Assert.Equal(Table, _home.Table("web01"));
        (int code, JsonElement[] lines) = await _home.LinesAsync([.. pause, "--continue-on-error"]);
        Assert.Equal(1, code);
        Assert.Equal(["web01 applied", "web04 unplanned"], lines[..^1].Select(HostAndOutcome).Order());
        Assert.NotEqual(Table, _home.Table("web01"));
        Assert.Equal("@daily other\n", _home.Table("web04"));

        // What is so already is good.
        string[] set = ["job", "env", "set", "web02,web03", "A=b", "--yes"];
        Assert.Equal(0, (await _home.RunAsync("job", "env", "set", "web02", "A=b", "--yes")).Code);
        (code, lines) = await _home.LinesAsync(set);
        Assert.Equal(0, code);
        Assert.Equal(["web02 already_so", "web03 applied"], lines[..^1].Select(HostAndOutcome).Order());
        Assert.Equal(0, (await _home.RunAsync(set)).Code);
    }

    [Fact]
    public async Task An_undo_leaves_the_table_that_was_changed_since_and_says_so()
    {
        Assert.Equal(0, (await CommentAsync("all", "--yes")).Code);
        string theirs = _home.Table("web02") + "# theirs\n";
        File.WriteAllText(_home.TablePath("web02"), theirs);
        ProgramResult stopped = await _home.RunAsync("change", "undo", "p1", "--yes");
        Assert.True(stopped.Code == 2 && stopped.Error.Contains("web02", StringComparison.Ordinal), stopped.ToString());
        Changed("web01 web03", except: "web02");
        (int code, JsonElement[] lines) = await _home.LinesAsync("change", "undo", "p1", "--continue-on-error", "--yes");
        Assert.Equal(1, code);
        Assert.Equal(["web01 applied", "web02 unplanned", "web03 applied"], lines[..^1].Select(HostAndOutcome).Order());
        Assert.Equal(theirs, _home.Table("web02"));
        Changed("", except: "web02");
    }

    [Fact]
    public async Task A_job_is_copied_to_all_other_hosts_as_one_plan_that_is_resumed_and_undone()
    {
        _home.Host("web04", "").Host("web05", "# five\n");
        _home.Fill("web04");
        string[] copy = ["job", "copy", "web01", "backup", "--to-host", "all"];
        Assert.Equal(["web02 planned", "web03 planned", "web04 planned", "web05 planned"], (await _home.LinesAsync([.. copy, "--dry-run"])).Lines.Select(HostAndOutcome));
        ProgramResult copied = await _home.RunAsync([.. copy, "--continue-on-error", "--yes"]);
        Assert.True(copied.Code == 1 && copied.Error.Contains("plan p1: 3 applied, 1 refused", StringComparison.Ordinal), copied.ToString());
        Assert.Equal(Table, _home.Table("web01"));
        Assert.Equal("# five\n#cc: name=Backup\n30 2 * * * tar c /srv\n", _home.Table("web05"));
        _home.Free("web04");
        Assert.Equal(0, (await _home.RunAsync("change", "resume", "p1", "--yes")).Code);
        Assert.Equal("#cc: name=Backup\n30 2 * * * tar c /srv\n", _home.Table("web04"));
        Assert.Equal(0, (await _home.RunAsync("change", "undo", "--yes")).Code);
        Assert.Equal(("", "# five\n"), (_home.Table("web04"), _home.Table("web05")));

        ProgramResult nowhere = await _home.RunAsync("job", "copy", "web01", "backup", "--yes");
        Assert.True(nowhere.Code == 2 && nowhere.Error.Contains("--to-host", StringComparison.Ordinal), nowhere.ToString());
        (int code, JsonElement one) = await _home.JsonAsync("job", "copy", "web01", "backup", "--to-host", "web05", "--yes");
        Assert.Equal((0, "web05 applied"), (code, HostAndOutcome(one)));
    }

    [Fact]
    public async Task A_change_of_one_host_is_listed_shown_and_undone_by_its_number()
    {
        Assert.Equal(0, (await CommentAsync("web01", "--yes")).Code);
        (_, JsonElement list) = await _home.JsonAsync("change", "list");
        string number = Assert.Single(list.EnumerateArray()).GetProperty("number").GetString()!;
        (int code, JsonElement shown) = await _home.JsonAsync("change", "show", number);
        Assert.Equal((0, "web01 applied"), (code, HostAndOutcome(shown)));
        Assert.Contains("+# see the wiki", shown.GetProperty("diff").GetString());
        Assert.Equal(0, (await _home.RunAsync("change", "resume", number)).Code); // learns how it ended, writes nothing
        Assert.Equal(0, (await _home.RunAsync("change", "undo", number, "--yes")).Code);
        Changed("");
        Assert.Equal(2, (await _home.RunAsync("change", "undo", number, "--yes")).Code);
        Assert.Equal(2, (await _home.JsonAsync("change", "list")).Json.GetArrayLength());
        Assert.Equal(1, (await _home.JsonAsync("change", "list", "--limit", "1")).Json.GetArrayLength());
    }

    [Theory]
    [InlineData("show")]
    [InlineData("resume")]
    [InlineData("undo")]
    public async Task A_number_that_is_none_is_told_with_where_to_look(string verb)
    {
        foreach (string number in (string[])["p9", "9", "x", "p"])
        {
            ProgramResult result = await _home.RunAsync("change", verb, number);
            Assert.True(result.Code == 2 && result.Error.Contains("next: ", StringComparison.Ordinal) && result.Output.Length == 0, result.ToString());
        }
    }

    [Fact]
    public async Task Wrong_usage_is_told_before_any_host_is_asked()
    {
        foreach (string[] wrong in (string[][])[["--parallel", "0"], ["--parallel", "x"], ["--nosuch"]])
        {
            ProgramResult result = await CommentAsync("all", [.. wrong, "--yes"]);
            Assert.True(result.Code == 2 && result.Error.Contains(wrong[0], StringComparison.Ordinal), result.ToString());
        }
        Changed("");
    }

    private Task<ProgramResult> CommentAsync(string hosts, params string[] options) => _home.RunAsync([.. Comment, hosts, .. Text, .. options]);

    private void Changed(string hosts, string? except = null)
    {
        foreach (string host in (string[])["web01", "web02", "web03"])
            if (host != except) Assert.Equal(hosts.Contains(host, StringComparison.Ordinal) ? Commented : Table, _home.Table(host));
    }

    private static string HostAndOutcome(JsonElement line) => $"{line.GetProperty("host").GetString()} {line.GetProperty("outcome").GetString()}";
}
