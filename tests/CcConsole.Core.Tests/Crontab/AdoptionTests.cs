using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class AdoptionTests
{
    [Fact]
    public void Releasing_an_adopted_entry_gives_back_the_same_bytes_and_the_job_got_the_same_text()
    {
        var random = new Random(11);
        var adopted = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var raw = "x" + CommandWrapperTests.RandomCommand(random);
            foreach (var dialect in new[] { CronDialect.Debian, CronDialect.Cronie })
            {
                var table = CrontabDocument.Parse(Encoding.UTF8.GetBytes($"# a\nSHELL=/bin/bash\n 5 *  * * *\t {raw}\n# b\n@daily y\n"), dialect);
                var entry = table.Entries.First();
                var before = table.Command(entry);
                var after = Adopt(table, entry);
                var wrapped = CommandWrapper.Unwrap(after.Slice(after.Entries.First().CommandSpan), dialect)!;
                Assert.Equal("/bin/bash", wrapped.Shell);
                Assert.Equal(before.Shell.ToArray(), wrapped.Command.ToArray());
                Assert.Equal(before.RawInput, wrapped.RawInput);
                Assert.Equal(before.Input(), after.Command(after.Entries.First()).Input());
                Assert.Equal(table.ToBytes(), Adoption.Release(after, after.Entries.First()).ToBytes());
                adopted++;
            }
        }

        Assert.Equal(20_000, adopted);
    }

    [Fact]
    public void A_doubled_backslash_comes_back_doubled_and_a_single_one_single()
    {
        var table = Parse("* * * * * a\\\\b \\c \\\\\\\\d 'e\\\\'%in\\\\put\n");
        var after = Adopt(table, table.Entries.First());
        Assert.Equal(
            "* * * * * /a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c 'a''\\b \\c \\''''\\d '\\''e''\\'\\'''%in\\\\put\n",
            Encoding.UTF8.GetString(after.Bytes));
        Assert.Equal(table.ToBytes(), Adoption.Release(after, after.Entries.First()).ToBytes());
    }

    [Theory]
    [InlineData("SHELL=/usr/bin/fish\n* * * * * x\n", "fish")]
    [InlineData("* * * * *\n", "no command")]
    [InlineData("* * * * * x\r\n", "carriage return")]
    [InlineData("* * * * * /a exec --job-id 'k' -- /bin/sh -c 'x'\n", "wrapped already")]
    public void What_would_change_the_job_is_refused(string text, string reason)
    {
        var table = Parse(text);
        var problem = Assert.Throws<ProblemException>(() => Adopt(table, table.Entries.First()));
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_becomes_too_long_for_the_daemon_is_refused()
    {
        var table = Parse($"* * * * * {new string('x', 990)}\n");
        Assert.Contains("too long", Assert.Throws<ProblemException>(() => Adopt(table, table.Entries.First())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_that_would_change_the_shell_is_refused()
    {
        var table = Parse("SHELL=/bin/bash\n* * * * * /a exec --job-id 'k' -- /bin/sh -c 'x'\n* * * * * y\n");
        Assert.Contains("/bin/bash", Assert.Throws<ProblemException>(() => Adoption.Release(table, table.Entries.First())).Message, StringComparison.Ordinal);
        Assert.Contains("not wrapped", Assert.Throws<ProblemException>(() => Adoption.Release(table, table.Entries.Last())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_final_newline_is_added_and_nothing_else_changes()
    {
        var table = Parse("# a\n* * * * * x y");
        var after = Adopt(table, table.Entries.First());
        Assert.Equal("# a\n* * * * * x y\n", Encoding.UTF8.GetString(Adoption.Release(after, after.Entries.First()).Bytes));
    }

    private static CrontabDocument Adopt(CrontabDocument table, EntryLine entry) => Adoption.Adopt(table, entry, "/a/cc-agent", "j", "/s", []);

    private static CrontabDocument Parse(string text) => CrontabDocument.Parse(Encoding.UTF8.GetBytes(text));
}
