using CcConsole.Core;
using CcConsole.Verbs.Output;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class TimeArgumentTests
{
    [Theory]
    [InlineData("0001-01-01", 1)]
    [InlineData("0001-01-01 00:59", 1)]
    [InlineData("9999-12-31 23:30", -1)]
    [InlineData("0001-01-01T00:00+05:00", 0)]
    public void A_time_before_the_first_or_after_the_last_there_is_is_none(string text, int east) =>
        Assert.Contains("is not a time", Assert.Throws<ProblemException>(() => TimeArgument.Parse("--since", text, new In(east))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_first_time_there_is_is_one() => Assert.Equal(DateTimeOffset.MinValue, TimeArgument.Parse("--since", "0001-01-01", new In(0)));

    private sealed class In(int east) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.CreateCustomTimeZone("there", TimeSpan.FromHours(east), null, null);
    }
}
