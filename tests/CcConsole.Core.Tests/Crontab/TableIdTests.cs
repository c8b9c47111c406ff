using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public class TableIdTests
{
    [Theory]
    [InlineData("alice", false)]
    [InlineData("CORP\\alice", false)]
    [InlineData("/etc/crontab", true)]
    [InlineData("/etc/cron.d/php", true)]
    [InlineData("/etc/cron.d/ignored.because.of.dots", true)]
    public void A_user_and_the_system_tables_have_a_name(string text, bool isSystem)
    {
        Assert.True(TableId.TryParse(text, out var table));
        Assert.Equal((text, isSystem), (table.Name, table.IsSystem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-u")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("/etc/passwd")]
    [InlineData("/etc/cron.d/")]
    [InlineData("/etc/cron.d/..")]
    [InlineData("/etc/cron.d/../shadow")]
    [InlineData("/etc/cron.d/a\nb")]
    [InlineData("/etc/crontab/")]
    public void Nothing_else_can_be_named_as_a_table(string text) => Assert.False(TableId.TryParse(text, out _));
}
