using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class EntryTransferTests
{
    [Fact]
    public void Ten_thousand_random_commands_are_the_same_text_for_the_shell_of_the_other_daemon_or_refused()
    {
        var random = new Random(31);
        int moved = 0, refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var (from, to) = ((CronDialect)random.Next(3), (CronDialect)random.Next(3));
            var command = "x" + CommandWrapperTests.RandomCommand(random);
            var isWrapped = random.Next(2) == 0;
            var raw = isWrapped ? CommandWrapper.Wrap(new WrappedCommand("/a/cc-agent", "j", null, [], command), from) : Encoding.UTF8.GetBytes(command);
            var source = CrontabDocument.Parse([.. "#cc: name=n\n5 4 * * * "u8, .. raw, (byte)'\n'], from);
            var entry = source.Entries.Single();
            TransferredEntry arrived;
            try
            {
                arrived = EntryTransfer.Append(source, entry, new(CrontabDocument.Parse("# there"u8, to, isSystem: random.Next(2) == 0)) { User = "bob", AgentPath = "/b/cc-agent" });
            }
            catch (ProblemException)
            {
                refused++;
                continue;
            }

            moved++;
            var there = arrived.After.Entries.Single();
            Assert.Equal(("n", "5 4 * * *", arrived.After.IsSystem ? "bob" : null), (there.Name, there.Schedule.Text, there.User));
            var (was, now) = (source.Command(entry), arrived.After.Command(there));
            Assert.Equal(was.Input(), now.Input());
            if (CommandWrapper.Unwrap(source.Slice(entry.CommandSpan), from) is { } wrapped)
            {
                var inner = CommandWrapper.Unwrap(arrived.After.Slice(there.CommandSpan), to)!;
                Assert.Equal(("/b/cc-agent", wrapped.JobId), (inner.AgentPath, inner.JobId));
                Assert.Equal(wrapped.Command.ToArray(), inner.Command.ToArray());
            }
            else
            {
                Assert.Equal(was.Shell.ToArray(), now.Shell.ToArray());
            }
        }

        Assert.True(moved > 5_000 && refused > 100, $"{moved} {refused}");
    }

    [Theory]
    [InlineData("*/2 3 */2 * *", CronDialect.Debian, CronDialect.Busybox)]
    [InlineData("0 3 * * 7", CronDialect.Debian, CronDialect.Busybox)]
    [InlineData("0 3 * * fri-sun", CronDialect.Cronie, CronDialect.Debian)]
    [InlineData("5;3 * * * *", CronDialect.Debian, CronDialect.Cronie)]
    [InlineData("~ * * * *", CronDialect.Cronie, CronDialect.Debian)]
    public void A_schedule_that_the_other_daemon_reads_otherwise_is_refused(string schedule, CronDialect from, CronDialect to)
    {
        var source = CrontabDocument.Parse(Encoding.UTF8.GetBytes($"{schedule} x\n"), from);
        Assert.Throws<ProblemException>(() => EntryTransfer.Append(source, source.Entries.Single(), new(CrontabDocument.Parse([], to))));
    }

    [Theory]
    [InlineData("0 3 * * mon-fri")]
    [InlineData("*/15 * * * *")]
    [InlineData("@weekly")]
    [InlineData("0 0 1,15 * 5")]
    [InlineData("0 0 30 2 *")]
    [InlineData("@reboot")]
    public void A_schedule_that_means_the_same_to_all_goes_to_all(string schedule)
    {
        foreach (var from in Enum.GetValues<CronDialect>())
        {
            foreach (var to in Enum.GetValues<CronDialect>())
            {
                var source = CrontabDocument.Parse(Encoding.UTF8.GetBytes($"{schedule} x\n"), from);
                Assert.Equal(schedule, EntryTransfer.Append(source, source.Entries.Single(), new(CrontabDocument.Parse([], to))).After.Entries.Single().Schedule.Text);
            }
        }
    }

    [Fact]
    public void Options_of_cronie_stay_with_cronie_and_are_refused_elsewhere()
    {
        var source = CrontabDocument.Parse("-5 * * * * root -n x\n"u8, CronDialect.Cronie, isSystem: true);
        var entry = source.Entries.Single();
        var there = EntryTransfer.Append(source, entry, new(CrontabDocument.Parse([], CronDialect.Cronie, isSystem: true)) { User = "root" });
        Assert.Equal("-5 * * * * root -n x\n", Encoding.UTF8.GetString(there.After.Bytes));
        Assert.Contains("do not log", Assert.Throws<ProblemException>(() => EntryTransfer.Append(source, entry, new(CrontabDocument.Parse([])))).Message, StringComparison.Ordinal);
    }
}
