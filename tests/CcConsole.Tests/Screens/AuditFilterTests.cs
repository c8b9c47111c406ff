using CcConsole.Core;
using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class AuditFilterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    // Like central Europe's: an hour ahead, two from the last Sunday of March to that of October.
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone("there", TimeSpan.FromHours(1), null, null, null,
    [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
    ]);

    [Theory]
    [InlineData("since:2026-11-20", "2026-11-19T23:00:00Z")]
    [InlineData("since:2026-07-01", "2026-06-30T22:00:00Z")]
    [InlineData("until:2026-07-01T14:02", "2026-07-01T12:02:00Z")]
    [InlineData("since:13:30", "2026-11-21T12:30:00Z")]
    [InlineData("since:2h", "2026-11-21T10:00:00Z")]
    public void A_wall_clock_s_time_is_one_by_the_offset_of_its_own_day(string text, string time)
    {
        var query = AuditFilter.Parse(text, ["web01"], Now, Zone);
        Assert.Equal(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), query.Since ?? query.Until);
    }

    [Theory]
    [InlineData("since:0001-01-01")]
    [InlineData("until:0001-01-01T00:30")]
    [InlineData("since:-Infinityd")]
    [InlineData("since:NaNh")]
    public void What_is_no_time_is_told(string text) =>
        Assert.Contains("is no time", Assert.Throws<ProblemException>(() => AuditFilter.Parse(text, ["web01"], Now, Zone)).Message, StringComparison.Ordinal);
}
