using System.CommandLine;
using System.Text.Json;
using CcConsole.Screens;
using CcConsole.Tests.Shared;
using CcConsole.Verbs;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary>What the verbs say, word for word where it was wrong once.</summary>
public sealed class WordsTests : IDisposable
{
    private const string Table = "#cc: name=Backup\n30 2 * * * tar c /srv\n";
    private readonly VerbHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_plan_that_was_undone_says_so_and_one_host_is_one_host()
    {
        _home.Host("web01", Table, "web").Host("web02", Table, "web");
        Assert.Equal(0, (await _home.RunAsync("job", "pause", "tag:web", "backup", "--yes")).Code);
        Assert.Contains("2 applied", (await _home.RunAsync("change", "list")).Output);
        ProgramResult next = await _home.RunAsync("job", "undo", "--list");
        Assert.Equal(2, next.Output.Split('\n').Count(line => line.StartsWith("next ", StringComparison.Ordinal)));
        Assert.Equal(0, (await _home.RunAsync("job", "undo", "p1", "--yes")).Code);
        ProgramResult list = await _home.RunAsync("change", "list");
        Assert.Contains("2 undone", list.Output);
        Assert.Contains("2 hosts", list.Output);
        Assert.Equal(("1 host", "2 hosts"), (CcConsole.Verbs.Changes.FleetPlanOutput.Hosts(1), CcConsole.Verbs.Changes.FleetPlanOutput.Hosts(2)));
    }

    [Fact]
    public async Task The_change_that_is_undone_next_is_marked_and_it_is_the_one_that_is_undone()
    {
        _home.Host("web01", Table);
        Assert.Equal(0, (await _home.RunAsync("job", "pause", "web01", "backup", "--yes")).Code);
        Assert.Equal(0, (await _home.RunAsync("job", "resume", "web01", "backup", "--yes")).Code);
        Assert.Equal(0, (await _home.RunAsync("job", "undo", "--yes")).Code);
        (_, JsonElement list) = await _home.JsonAsync("job", "undo", "--list");
        Assert.Equal([false, true], list.EnumerateArray().Select(change => change.GetProperty("next").GetBoolean()));
        Assert.Equal(0, (await _home.RunAsync("job", "undo", "--yes")).Code);
        Assert.Equal(Table, _home.Table("web01"));
    }

    [Theory]
    [InlineData("--exit", "audit", "list", "--exit", "abc")]
    [InlineData("--limit", "audit", "list", "--limit", "99999999999999999999")]
    [InlineData("--limit", "report", "list", "--limit=1.5")]
    [InlineData("SEQ", "audit", "show", "web01", "abc")]
    [InlineData("LINE", "job", "comment", "remove", "web01", "abc")]
    public async Task What_is_no_number_is_told_without_a_name_of_ours(string name, params string[] words)
    {
        ProgramResult result = await _home.RunAsync(words);
        Assert.Equal(2, result.Code);
        Assert.Contains($"\"{words[^1].Split('=')[^1]}\" is no whole number that {name} takes", result.Error);
        Assert.DoesNotContain("System", result.Error);
    }

    [Fact]
    public async Task A_range_is_told_for_what_is_no_number_and_for_what_lies_outside()
    {
        foreach (string number in (string[])["abc", "0", "1001"])
        {
            ProgramResult result = await _home.RunAsync("job", "pause", "web01", "backup", "--parallel", number);
            Assert.Equal((2, "cc-console: --parallel takes a number from 1 to 1000\n  next: cc-console job pause --help\n"), (result.Code, result.Error));
        }
    }

    [Fact]
    public void Whatever_a_verb_takes_is_refused_without_a_name_of_ours()
    {
        List<string> told = [];
        RootCommand root = RootVerb.Create();
        Refuse(root, []);
        Assert.True(told.Count > 20, string.Join('\n', told));
        Assert.DoesNotContain(told, message => message.Contains("System.", StringComparison.Ordinal));

        void Refuse(Command command, string[] path)
        {
            string[] arguments = [.. command.Arguments.Select(_ => "no such thing")];
            told.AddRange(Errors([.. path, .. arguments]));
            foreach (Option option in command.Options) told.AddRange(Errors([.. path, .. arguments, option.Name, "no such thing"]));
            foreach (Command below in command.Subcommands) Refuse(below, [.. path, below.Name]);
        }

        IEnumerable<string> Errors(string[] words) => root.Parse(words).Errors.Select(error => error.Message);
    }

    [Fact]
    public async Task A_job_that_is_not_found_is_not_found_in_a_table_of_a_host()
    {
        _home.Host("web01", Table);
        ProgramResult result = await _home.RunAsync("job", "show", "web01", "nosuch");
        Assert.Equal(2, result.Code);
        Assert.Contains("No job \"nosuch\" in ", result.Error);
        Assert.Contains(" of web01", result.Error);
    }

    [Fact]
    public async Task A_paused_job_that_is_run_says_that_it_is_paused()
    {
        _home.Host("web01", "#cc: name=Backup\n30 2 * * * echo ran\n");
        Assert.DoesNotContain("paused", (await _home.RunAsync("job", "run", "web01", "backup")).Error);
        Assert.Equal(0, (await _home.RunAsync("job", "pause", "web01", "backup", "--yes")).Code);
        ProgramResult run = await _home.RunAsync("job", "run", "web01", "backup");
        Assert.Equal((0, "ran\n"), (run.Code, run.Output));
        Assert.Contains("the job is paused: cron does not start it", run.Error);
    }

    [Fact]
    public async Task What_stands_behind_a_bare_percent_is_listed_as_standard_input()
    {
        _home.Host("web01", "30 2 * * * cat a%b%c\n");
        ProgramResult list = await _home.RunAsync("job", "list", "web01");
        Assert.Contains("standard input: b⏎c", list.Output);
    }

    [Fact]
    public async Task The_wrapper_is_written_for_the_daemon_that_was_named()
    {
        ProgramResult debian = await _home.RunAsync("crontab", "wrap", "--job-id", "x", "--", "date +%F");
        ProgramResult busybox = await _home.RunAsync("crontab", "wrap", "--job-id", "x", "--dialect", "busybox", "--", "date +%F");
        Assert.Contains("date +\\%F", debian.Output);
        Assert.Contains("date +%F", busybox.Output);
    }

    [Theory]
    [InlineData("of bad.sh: a name has no dot", "ignored because of bad.sh: a name has no dot")]
    [InlineData("no such user", "ignored: no such user")]
    public void Why_something_is_ignored_is_a_sentence(string why, string said) => Assert.Equal(said, IgnoredText.Of(why));

    [Theory]
    [InlineData("web01: no agent", "no agent")]
    [InlineData("web01 refuses the connection", "refuses the connection")]
    [InlineData("web011: no agent", "web011: no agent")]
    [InlineData("no agent", "no agent")]
    public void A_host_is_named_once(string text, string without)
    {
        Assert.Equal(without, HostText.Without("web01", text));
        Assert.Equal(text.StartsWith("web01 ", StringComparison.Ordinal) || text.StartsWith("web01:", StringComparison.Ordinal) ? text : $"web01: {text}", HostText.With("web01", text));
    }
}
