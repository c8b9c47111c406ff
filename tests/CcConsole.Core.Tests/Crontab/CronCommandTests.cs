using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class CronCommandTests
{
    [Theory]
    [InlineData(@"date +\%F", CronDialect.Debian, "date +%F", null)]
    [InlineData(@"mail x%hello%there", CronDialect.Debian, "mail x", "hello\nthere\n")]
    [InlineData(@"a\\b", CronDialect.Debian, @"a\b", null)]
    [InlineData(@"a\\b", CronDialect.Cronie, @"a\\b", null)]
    [InlineData(@"a\\%b", CronDialect.Debian, @"a\", "b\n")]
    [InlineData(@"a\\%b", CronDialect.Cronie, @"a\\", "b\n")]
    [InlineData(@"a\\\%b", CronDialect.Debian, @"a\%b", null)]
    [InlineData(@"a\nb\", CronDialect.Debian, @"a\nb\", null)]
    [InlineData(@"cat%a\%b\c%%d", CronDialect.Debian, "cat", "a%b\\c\n\nd\n")]
    [InlineData(@"cat%", CronDialect.Debian, "cat", "")]
    public void A_command_is_split_as_cron_does(string raw, CronDialect dialect, string shell, string? input)
    {
        var split = CronCommand.Split(Encoding.UTF8.GetBytes(raw), dialect);
        Assert.Equal(shell, split.ShellText);
        Assert.Equal(input is null, split.RawInput is null);
        Assert.Equal(input ?? "", Encoding.UTF8.GetString(split.Input()));
    }

    [Fact]
    public void Escaping_is_the_inverse_of_splitting()
    {
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var shell = Encoding.UTF8.GetBytes(CommandWrapperTests.RandomCommand(random));
            byte[]? input = random.Next(3) == 0 ? Encoding.UTF8.GetBytes(CommandWrapperTests.RandomCommand(random)) : null;
            foreach (var dialect in new[] { CronDialect.Debian, CronDialect.Cronie })
            {
                byte[] raw;
                try
                {
                    raw = CronCommand.Escape(shell, dialect, input);
                }
                catch (ProblemException) when (dialect == CronDialect.Cronie)
                {
                    refused++;
                    continue;
                }

                var back = CronCommand.Split(raw, dialect);
                Assert.Equal(shell, back.Shell.ToArray());
                Assert.Equal(input, back.RawInput);
                Assert.Empty(back.Doubled);
            }
        }

        Assert.InRange(refused, 1, 6_000);
    }
}
