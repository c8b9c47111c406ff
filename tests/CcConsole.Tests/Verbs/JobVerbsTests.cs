using System.Text.Json;
using CcConsole.Store.Reports;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class JobVerbsTests : IDisposable
{
    private const string Table = "# mine\nPATH=/usr/bin:/bin\n#cc: name=Backup\n30 2 * * *  tar c /srv\n@daily other\n";
    private readonly VerbHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_job_is_duplicated_tagged_and_each_change_is_undone_and_the_undo_listed()
    {
        _home.Host("web01", Table);
        ProgramResult copy = await _home.RunAsync("job", "duplicate", "web01", "backup", "--yes");
        Assert.True(copy.Code == 0, copy.ToString());
        string copied = Table.Replace("@daily", "#cc: name=Backup (copy)\n30 2 * * *  tar c /srv\n@daily", StringComparison.Ordinal);
        Assert.Equal(copied, _home.Table("web01"));

        Assert.Equal(0, (await _home.RunAsync("job", "edit", "web01", "backup (copy)", "--tag", "db", "--tag", "night", "--schedule", "40 3 * * *", "--yes")).Code);
        Assert.Contains("#cc: tags=db,night name=Backup (copy)\n40 3 * * *  tar c /srv\n", _home.Table("web01"));

        (int code, JsonElement list) = await _home.JsonAsync("job", "undo", "--list");
        Assert.Equal((0, 2), (code, list.GetArrayLength()));
        Assert.Equal("web01", list[0].GetProperty("host").GetString());
        Assert.Equal(0, (await _home.RunAsync("job", "undo", "--yes")).Code);
        Assert.Equal(copied, _home.Table("web01"));
        (_, list) = await _home.JsonAsync("job", "undo", "--list");
        Assert.Equal(list[1].GetProperty("change").GetInt64() + 1, list[0].GetProperty("undoes").GetInt64());
        Assert.Equal(0, (await _home.RunAsync("job", "undo", list[0].GetProperty("change").ToString(), "--yes")).Code);
        Assert.Contains("tags=db,night", _home.Table("web01"));
    }

    [Fact]
    public async Task A_job_is_copied_to_two_hosts_and_moved_to_a_third_and_what_differs_is_said()
    {
        _home.Host("web01", Table).Host("web02", "").Host("web03", "MAILTO=ops\n").Host("web04", "# four\n");
        (int code, JsonElement[] copied) = await _home.LinesAsync("job", "copy", "web01", "backup", "--to-host", "web02,web03", "--bring-env", "--yes");
        Assert.Equal(0, code);
        Assert.Equal(["applied", "applied"], copied[..^1].Select(line => line.GetProperty("outcome").GetString()));
        JsonElement third = copied[..^1].Single(line => line.GetProperty("host").GetString() == "web03");
        Assert.Contains(third.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("MAILTO", StringComparison.Ordinal));
        Assert.True(copied[^1].GetProperty("complete").GetBoolean());
        Assert.Equal("PATH=/usr/bin:/bin\n#cc: name=Backup\n30 2 * * * tar c /srv\n", _home.Table("web02"));
        Assert.Equal("MAILTO=ops\nPATH=/usr/bin:/bin\n#cc: name=Backup\n30 2 * * * tar c /srv\n", _home.Table("web03"));

        ProgramResult shown = await _home.RunAsync("job", "move", "web01", "backup", "--to-host", "web04", "--dry-run");
        Assert.Contains("! PATH is \"/usr/bin:/bin\" now and will be not set", shown.Error);
        Assert.Equal((Table, "# four\n"), (_home.Table("web01"), _home.Table("web04")));
        (code, JsonElement moved) = await _home.JsonAsync("job", "move", "web01", "backup", "--to-host", "web04", "--yes");
        Assert.Equal((0, true), (code, moved.GetProperty("moved").GetBoolean()));
        Assert.Equal("# four\n#cc: name=Backup\n30 2 * * * tar c /srv\n", _home.Table("web04"));
        Assert.Equal("# mine\nPATH=/usr/bin:/bin\n@daily other\n", _home.Table("web01"));
    }

    [Fact]
    public async Task A_move_that_cannot_remove_says_that_the_job_is_in_both_tables_and_what_to_do()
    {
        _home.Host("web01", Table).Host("web02", "");
        _home.Fill("web01");
        ProgramResult result = await _home.RunAsync("job", "move", "web01", "backup", "--to-host", "web02", "--yes");
        Assert.Equal(1, result.Code);
        Assert.Contains("The job is in both tables now", result.Error);
        Assert.Contains("next: Remove it there (cc-console job remove web01 line-", result.Error);
        Assert.Equal(Table, _home.Table("web01"));
        Assert.Contains("tar c /srv", _home.Table("web02"));
    }

    [Fact]
    public async Task What_the_agent_does_about_a_run_is_set_changed_and_taken_away()
    {
        const string before = "15 3 * * * cc-agent exec --job-id backup --mail=never -- /bin/sh -c 'tar c /srv'\n#cc: name=Plain\n@daily other\n";
        _home.Host("web01", before);
        ProgramResult set = await _home.RunAsync("job", "edit", "web01", "backup", "--timeout", "1h", "--overlap", "skip", "--mail", "failure", "--yes");
        Assert.True(set.Code == 0, set.ToString());
        Assert.StartsWith(
            "15 3 * * * cc-agent exec --job-id 'backup' --mail failure --timeout 1h --overlap skip -- /bin/sh -c 'tar c /srv'\n", _home.Table("web01"));
        Assert.Equal(0, (await _home.RunAsync("job", "edit", "web01", "backup", "--timeout", "", "--limit-memory", "1G", "--allow-privileges", "--yes")).Code);
        Assert.StartsWith(
            "15 3 * * * cc-agent exec --job-id 'backup' --mail failure --overlap skip --limit-memory 1G --allow-privileges -- ", _home.Table("web01"));

        ProgramResult bad = await _home.RunAsync("job", "edit", "web01", "backup", "--retries", "many", "--yes");
        Assert.Equal(2, bad.Code);
        Assert.Contains("--retries must be a number from 0 to 100, not many", bad.Error);
        ProgramResult plain = await _home.RunAsync("job", "edit", "web01", "Plain", "--timeout", "1h", "--yes");
        Assert.Equal(2, plain.Code);
        Assert.Contains("the agent does not run this job", plain.Error);
        Assert.EndsWith("@daily other\n", _home.Table("web01"));
        Assert.Contains(
            "cc-agent exec --job-id 'b' --nice 5 -- /bin/sh -c 'ls'",
            (await _home.RunAsync("crontab", "wrap", "--job-id", "b", "--nice", "5", "--", "ls")).Output);
    }

    [Fact]
    public async Task A_run_that_was_refused_or_lost_is_told_as_that_and_not_by_its_exit_code()
    {
        StoredReport Run(string job, int exit) => new()
        {
            Host = "web01",
            Seq = exit,
            JobId = job,
            StartedAt = DateTimeOffset.UtcNow.AddSeconds(-5),
            Duration = TimeSpan.Zero,
            ExitCode = exit,
            Json = "{}"u8.ToArray(),
        };
        _home.Host("web01", "@daily /a/cc-agent exec --job-id skipped -- /bin/sh -c 'true'\n@daily /a/cc-agent exec --job-id gone -- /bin/sh -c 'true'\n")
            .Reports(Run("skipped", 0) with { Refused = "overlap" }, Run("gone", -1) with { IsLost = true });

        string list = (await _home.RunAsync("job", "list", "web01", "--own")).Output;
        Assert.Contains(list.Split('\n'), line => line.Contains("skipped", StringComparison.Ordinal) && line.StartsWith("? unknown", StringComparison.Ordinal) && line.Contains("refused (overlap)", StringComparison.Ordinal));
        Assert.Contains(list.Split('\n'), line => line.Contains("gone", StringComparison.Ordinal) && line.StartsWith("✗ fail", StringComparison.Ordinal) && line.Contains(" lost ", StringComparison.Ordinal));
        Assert.Contains("not begun: the run before was still going", (await _home.RunAsync("job", "show", "web01", "skipped")).Output, StringComparison.Ordinal);
        Assert.Contains("lost: how it ended is not known", (await _home.RunAsync("job", "show", "web01", "gone")).Output, StringComparison.Ordinal);
        (_, JsonElement skipped) = await _home.JsonAsync("job", "show", "web01", "skipped");
        Assert.Equal(("overlap", false), (skipped.GetProperty("last_run").GetProperty("refused").GetString(), skipped.GetProperty("last_run").GetProperty("lost").GetBoolean()));
        (_, JsonElement gone) = await _home.JsonAsync("job", "show", "web01", "gone");
        Assert.Equal((null, true), (gone.GetProperty("last_run").GetProperty("refused").GetString(), gone.GetProperty("last_run").GetProperty("lost").GetBoolean()));
        string reports = (await _home.RunAsync("report", "list", "web01")).Output;
        Assert.Contains("– refused", reports, StringComparison.Ordinal);
        Assert.Contains("? lost", reports, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_and_comments_are_listed_set_and_removed()
    {
        _home.Host("web01", Table);
        Assert.Equal(0, (await _home.RunAsync("job", "env", "set", "web01", "MAILTO=", "--yes")).Code);
        Assert.Contains("PATH=/usr/bin:/bin\nMAILTO=\"\"\n", _home.Table("web01"));
        (_, JsonElement list) = await _home.JsonAsync("job", "env", "list", "web01");
        Assert.Equal(["PATH", "MAILTO"], list.GetProperty("variables").EnumerateArray().Select(each => each.GetProperty("name").GetString()));
        Assert.Equal(0, (await _home.RunAsync("job", "env", "unset", "web01", "MAILTO", "--yes")).Code);
        Assert.Equal(0, (await _home.RunAsync("job", "comment", "add", "web01", "see the wiki", "--above", "backup", "--yes")).Code);
        Assert.Contains("# see the wiki\n#cc: name=Backup\n", _home.Table("web01"));
        (_, list) = await _home.JsonAsync("job", "comment", "list", "web01");
        string line = list.GetProperty("comments").EnumerateArray().Single(each => each.GetProperty("text").GetString() == "# see the wiki").GetProperty("line").ToString();
        Assert.Equal(0, (await _home.RunAsync("job", "comment", "edit", "web01", line, "see there", "--yes")).Code);
        Assert.Contains("# see there\n", _home.Table("web01"));
        Assert.Equal(0, (await _home.RunAsync("job", "comment", "remove", "web01", line, "--yes")).Code);
        Assert.Equal(Table, _home.Table("web01"));
        Assert.Equal(2, (await _home.RunAsync("job", "comment", "add", "web01", "#cc: name=x", "--yes")).Code);
    }

    [Fact]
    public async Task Nothing_is_changed_read_only_or_without_a_confirmation()
    {
        _home.Host("web01", Table).Host("web02", "");
        foreach (string[] verb in (string[][])
            [["duplicate", "web01", "backup"], ["env", "set", "web01", "A=b"], ["comment", "add", "web01", "x"], ["copy", "web01", "backup", "--to-host", "web02"],
             ["move", "web01", "backup", "--to-host", "web02"], ["edit", "web01", "backup", "--tag", "x"]])
        {
            ProgramResult asked = await _home.RunAsync(["job", .. verb]);
            Assert.True(asked.Code == 2 && asked.Error.Contains("--yes", StringComparison.Ordinal), asked.ToString());
            ProgramResult refused = await _home.RunAsync(["job", .. verb, "--yes", "--read-only"]);
            Assert.True(refused.Code != 0 && refused.Error.Contains("read-only", StringComparison.Ordinal), refused.ToString());
        }

        Assert.Equal((Table, ""), (_home.Table("web01"), _home.Table("web02")));
    }

    [Fact]
    public async Task The_list_of_a_host_looks_through_it_and_its_own_table_alone_is_asked_for()
    {
        _home.Host("web01", Table);
        (int code, JsonElement own) = await _home.JsonAsync("job", "list", "web01", "--own");
        Assert.Equal(0, code);
        Assert.Equal(["30 2 * * *", "@daily"], own.EnumerateArray().Select(row => row.GetProperty("schedule").GetString()));
        Assert.All(own.EnumerateArray(), row => Assert.Equal("job", row.GetProperty("kind").GetString()));

        // The rest is this machine's own, whatever it has: what cannot be looked at must be said.
        ProgramResult all = await _home.RunAsync("job", "list", "web01", "--json");
        string[] rows = [.. JsonDocument.Parse(all.Output).RootElement.EnumerateArray().Select(row => $"{row.GetProperty("kind").GetString()} {row.GetProperty("schedule").GetString()}")];
        Assert.Contains("job 30 2 * * *", rows);
        Assert.True(all.Code == 0 || all.Error.Contains("not looked at whole", StringComparison.Ordinal), all.ToString());
        JsonElement cached = (await _home.JsonAsync("job", "list", "web01", "--cached")).Json;
        Assert.Equal(rows.Length, cached.GetArrayLength());
        Assert.Equal(2, (await _home.RunAsync("job", "list", "web01", "--cached", "--own")).Code);
        Assert.StartsWith("STATE", (await _home.RunAsync("job", "list", "web01")).Output);
    }

    [Fact]
    public async Task Every_job_verb_has_help_with_an_example_and_takes_a_table()
    {
        string[][] verbs = [["show"], ["add"], ["edit"], ["pause"], ["resume"], ["remove"], ["duplicate"], ["copy"], ["move"], ["adopt"], ["release"], ["run"], ["diff"], ["undo"],
            ["env", "list"], ["env", "set"], ["env", "unset"], ["comment", "list"], ["comment", "add"], ["comment", "edit"], ["comment", "remove"], ["list"]];
        foreach (string[] verb in verbs)
        {
            ProgramResult help = await _home.RunAsync(["job", .. verb, "--help"]);
            Assert.True(help.Code == 0 && help.Output.Contains($"cc-console job {string.Join(' ', verb)}", StringComparison.Ordinal) && help.Output.Contains("Example:", StringComparison.Ordinal), help.ToString());
            Assert.Contains("--table", help.Output);
        }
    }
}
