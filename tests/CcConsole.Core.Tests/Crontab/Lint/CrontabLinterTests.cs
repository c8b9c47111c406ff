using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using Xunit;

namespace CcConsole.Core.Tests.Crontab.Lint;

public sealed class CrontabLinterTests
{
    [Theory]
    [InlineData("@daily x", "debian", "missing-final-newline 1:9")]
    [InlineData("@daily x", "cronie", "missing-final-newline 1:9")]
    [InlineData("@daily x", "busybox", "")]
    [InlineData("@daily x\n# c", "debian", "")]
    [InlineData("@daily x\nA=b", "cronie", "missing-final-newline 2:4, variable-unused 2:1")]
    [InlineData("MAILTO=a\nMAILTO=b\n@daily x\n", "debian", "variable-overridden 1:1")]
    [InlineData("MAILTO=a\n@hourly x\nMAILTO=b\n@daily x\n", "debian", "")]
    [InlineData("@hourly x\n# c\n0 * * * * x\n", "debian", "duplicate-entry 3:1")]
    [InlineData("@hourly x\nMAILTO=a\n0 * * * * x\n", "debian", "")]
    [InlineData("@hourly x\n#cc-paused 0 * * * * x\n", "debian", "")]
    [InlineData("#cc-paused 0 0 1 * mon x\n", "debian", "")]
    [InlineData("", "debian", "")]
    [InlineData("\n\n", "cronie", "")]
    public void A_table_gets_its_findings(string table, string dialect, string findings)
    {
        var report = CrontabLinter.Lint(Parse(table, dialect));
        Assert.Equal(findings.Split(", ").Order(), string.Join(", ", report.Findings.Select(f => $"{f.Code} {f.Line}:{f.Column}")).Split(", ").Order());
        Assert.Equal(!findings.Contains("missing", StringComparison.Ordinal), report.Accepted);
    }

    [Fact]
    public void What_is_too_much_is_named_at_the_line_where_it_begins()
    {
        Assert.Equal("too-many-lines 10001", Only(Parse(new string('\n', 10_001), "debian")));
        Assert.Equal("", Only(Parse(new string('\n', 10_000) + "# c", "debian")));
        Assert.Equal("too-much-filler 2", Only(Parse("#" + new string('x', 32_766) + "\n@daily x\n", "cronie")));
        Assert.Equal("", Only(Parse("#" + new string('x', 32_765) + "\n@daily x\n", "cronie")));
        Assert.Equal("too-many-variables 1001", Only(Parse(string.Concat(Enumerable.Range(0, 1001).Select(i => $"A{i}=1\n")), "cronie")));
        Assert.Equal("too-many-entries 10001", Only(Parse(string.Concat(Enumerable.Range(0, 10_001).Select(i => $"@daily x{i}\n")), "cronie")));
        Assert.Equal("too-many-lines 256", Only(Parse(string.Concat(Enumerable.Range(0, 300).Select(i => $"@daily x{i}\n")), "busybox")));
        Assert.Equal("", Only(Parse(string.Concat(Enumerable.Range(0, 300).Select(i => $"@daily x{i}\n")), "busybox"), new() { TableUser = "root" }));
        Assert.Equal("command-too-long 1", Only(Parse($"@daily {new string('x', 999)}\n", "debian")));
        Assert.Equal("command-near-limit 1", Only(Parse($"@daily {new string('x', 998)}\n", "debian")));
        Assert.Equal("command-cut 1", Only(Parse($"@daily {new string('x', 131_072)}\n", "cronie")));
        Assert.Equal("variable-cut 1", Only(Parse($"A={new string('x', 997)}\n", "debian")));
        Assert.Equal("", Only(Parse($"A={new string('x', 996)}\n", "debian")));
    }

    [Fact]
    public void Accepted_is_what_the_daemons_crontab_says_of_the_whole_file()
    {
        Assert.True(CrontabLinter.Lint(Parse("0 0 30 2 * x\n", "debian")).Accepted);
        Assert.False(CrontabLinter.Lint(Parse("0 0 30 2 * x\n", "debian")).IsGood);
        Assert.True(CrontabLinter.Lint(Parse("@reboot x\n", "debian")).IsGood);
        Assert.True(CrontabLinter.Lint(Parse("nonsense\n", "busybox")).Accepted);
        Assert.False(CrontabLinter.Lint(Parse("nonsense\n", "debian")).Accepted);
    }

    [Fact]
    public void A_system_table_names_a_user_who_exists()
    {
        var table = CrontabDocument.Parse("17 * * * * root cd /\n5 * * * * /bin/x y\n6 * * * * bob x\n"u8, isSystem: true);
        Assert.Equal(["missing-user 2:11"], CrontabLinter.Lint(table).Findings.Select(f => $"{f.Code} {f.Line}:{f.Column}"));
        var report = CrontabLinter.Lint(table, new LintContext { Users = new HashSet<string> { "root" } });
        Assert.Equal(["missing-user 2:11", "unknown-user 3:11"], report.Findings.Select(f => $"{f.Code} {f.Line}:{f.Column}"));
        Assert.False(report.Accepted);
        Assert.True(CrontabLinter.Lint(CrontabDocument.Parse("17 * * * * root cd /\n"u8, isSystem: true)).Accepted);
        Assert.Equal("ignored-file", Assert.Single(CrontabLinter.Lint(CrontabDocument.Parse("17 * * * * root cd /\n"u8, CronDialect.Busybox, isSystem: true)).Findings).Code.Name);
    }

    [Fact]
    public void Only_root_may_switch_logging_off()
    {
        var table = Parse("-5 * * * * x\n", "cronie");
        Assert.True(CrontabLinter.Lint(table).Accepted);
        Assert.True(CrontabLinter.Lint(table, new() { TableUser = "root" }).Accepted);
        Assert.Equal("bad-option", Assert.Single(CrontabLinter.Lint(table, new() { TableUser = "bob" }).Findings).Code.Name);
        Assert.False(CrontabLinter.Lint(table, new() { TableUser = "bob" }).Accepted);
    }

    [Fact]
    public void A_stray_quote_makes_the_daemon_read_what_an_earlier_line_left()
    {
        var taken = CrontabLinter.Lint(Parse("* * * * */5 A='\nA='\n", "debian"));
        Assert.Equal(["bad-variable 2:2"], taken.Findings.Select(f => $"{f.Code} {f.Line}:{f.Column}"));
        Assert.True(taken.Accepted);
        Assert.False(CrontabLinter.Lint(Parse("* * * * */5 A=\nA='\n", "debian")).Accepted);
        Assert.False(CrontabLinter.Lint(Parse("A='\n", "debian")).Accepted);
        // Of two variables with a NUL between them each is left as it was set: A=b', and no more A = b'.
        Assert.False(CrontabLinter.Lint(Parse("=@hourly\0A = b'\nA='\n", "debian")).Accepted);
    }

    [Theory]
    [InlineData(TablePlace.CronD, "backup", 0, 420, 1, "")]
    [InlineData(TablePlace.CronD, "backup.sh", 0, 420, 1, "debian")]
    [InlineData(TablePlace.CronD, "backup~", 0, 420, 1, "debian cronie")]
    [InlineData(TablePlace.CronD, ".placeholder", 0, 420, 1, "debian cronie")]
    [InlineData(TablePlace.CronD, "backup", 1000, 420, 1, "debian cronie")]
    [InlineData(TablePlace.CronD, "backup", 0, 436, 1, "debian cronie")]
    [InlineData(TablePlace.CronD, "backup", 0, 493, 1, "cronie")]
    [InlineData(TablePlace.CronD, "backup", 0, 420, 2, "debian")]
    [InlineData(TablePlace.EtcCrontab, "crontab", 0, 420, 1, "")]
    [InlineData(TablePlace.Spool, "bob", 1000, 384, 1, "")]
    [InlineData(TablePlace.Spool, "bob", 0, 384, 1, "")]
    [InlineData(TablePlace.Spool, "bob", 1001, 384, 1, "debian cronie")]
    [InlineData(TablePlace.Spool, "bob", 1000, 420, 1, "debian")]
    [InlineData(TablePlace.Spool, "bob", 1000, 384, 2, "debian cronie")]
    public void A_file_that_the_daemon_passes_over_is_not_accepted(TablePlace place, string name, int owner, int mode, int links, string ignoredBy)
    {
        var file = new TableFile(place, name, (uint)owner, mode, links) { TableUid = place == TablePlace.Spool ? 1000 : null };
        foreach (var dialect in new[] { CronDialect.Debian, CronDialect.Cronie })
        {
            var report = CrontabLinter.Lint(CrontabDocument.Parse(""u8, dialect, place != TablePlace.Spool), new LintContext { File = file });
            Assert.Equal(!ignoredBy.Split(' ').Contains(dialect.Name()), report.Accepted);
            Assert.Equal(report.Accepted ? [] : ["ignored-file 0:0"], report.Findings.Select(f => $"{f.Code} {f.Line}:{f.Column}"));
        }
    }

    [Theory]
    [InlineData("0 0 1 * mon", null, "x", "either-day Schedule 5")]
    [InlineData("0 61 * * *", null, "x", "bad-hour Schedule 3")]
    [InlineData("@daily", null, "date +%F", "percent-in-format Command 7")]
    [InlineData("@daily", null, "", "no-command Command 1")]
    [InlineData("@daily", "/bin/x", "y", "missing-user User 1")]
    [InlineData("@daily", "root", "date +%F", "percent-in-format Command 7")]
    [InlineData("@daily", null, "=x", "odd-variable-name Line 1")]
    [InlineData("0 0 * *", null, "x", "bad-day-of-week Command 1")]
    public void A_draft_gets_its_findings_within_its_parts(string schedule, string? user, string command, string finding)
    {
        var found = CrontabLinter.LintEntry(new EntryText(schedule, Encoding.UTF8.GetBytes(command), user), CronDialect.Debian);
        Assert.Equal([finding], found.Select(f => $"{f.Code} {f.Part} {f.Column}"));
    }

    [Fact]
    public void Tables_of_distributions_and_packages_get_no_warning()
    {
        foreach (var table in TableFuzz.Real)
        {
            // RANDOM_DELAY is cronie's, and busybox reads the % of the rest otherwise.
            var dialects = table.Contains("RANDOM_DELAY", StringComparison.Ordinal) ? new[] { CronDialect.Cronie } : [CronDialect.Debian, CronDialect.Cronie];
            foreach (var dialect in dialects)
            {
                var report = CrontabLinter.Lint(CrontabDocument.Parse(Encoding.UTF8.GetBytes(table), dialect));
                Assert.True(report.IsGood, string.Join('\n', report.Findings));
            }
        }

        var system = CrontabLinter.Lint(CrontabDocument.Parse("SHELL=/bin/sh\n# Example\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n25 6\t* * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n#\n"u8, isSystem: true));
        Assert.Empty(system.Findings);
    }

    private static string Only(CrontabDocument table, LintContext? context = null) =>
        string.Join(", ", CrontabLinter.Lint(table, context).Findings.Select(f => $"{f.Code} {f.Line}"));

    private static CrontabDocument Parse(string table, string dialect) => CrontabDocument.Parse(Encoding.UTF8.GetBytes(table), CronDialects.Of(dialect));
}
