using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class RowFilterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("web", true)]
    [InlineData("WEB fail", true)]
    [InlineData("web ok", false)]
    [InlineData("!fail", false)]
    [InlineData("web !prod", true)]
    [InlineData("!", true)]
    [InlineData("  ", true)]
    public void Every_word_must_occur_and_no_negated_one_may(string filter, bool passes) =>
        Assert.Equal(passes, RowFilter.Parse(filter).Matches("✗ fail web01 test"));
}
