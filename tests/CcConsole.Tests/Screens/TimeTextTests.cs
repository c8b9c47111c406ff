using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class TimeTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 14, 2, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(40, "40s ago")]
    [InlineData(12 * 60, "12m ago")]
    [InlineData(47 * 3600, "47h ago")]
    [InlineData(5 * 86400, "5d ago")]
    public void How_long_ago_is_said_in_the_largest_unit(int seconds, string words) =>
        Assert.Equal(words, TimeText.AgoWords(Now.AddSeconds(-seconds), Now));

    [Theory]
    [InlineData(40, "40ms")]
    [InlineData(3_200, "3.2s")]
    [InlineData(245_000, "4m05s")]
    [InlineData(7_380_000, "2h03m")]
    public void A_duration_takes_few_columns(int milliseconds, string text) =>
        Assert.Equal(text, TimeText.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_time_near_now_is_short_and_keeps_its_own_zone()
    {
        Assert.Equal("14:05", TimeText.Near(Now.AddMinutes(3), Now));
        Assert.Equal("Tue 03:00", TimeText.Near(Now.AddHours(13).AddMinutes(-2), Now));
        Assert.Equal("2026-04-01 00:00", TimeText.Near(new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero), Now));
        Assert.Equal("Tue 00:30", TimeText.Near(new DateTimeOffset(2026, 3, 3, 0, 30, 0, TimeSpan.FromHours(9)), Now));
    }

    [Fact]
    public void A_full_time_names_its_zone()
    {
        Assert.Equal("2026-03-02 14:02:00 UTC", TimeText.Full(Now));
        Assert.Equal("2026-03-02 15:02:00 +01:00", TimeText.Full(Now.ToOffset(TimeSpan.FromHours(1))));
    }
}
