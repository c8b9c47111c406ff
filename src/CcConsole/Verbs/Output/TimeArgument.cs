using System.Globalization;
using CcConsole.Core;

namespace CcConsole.Verbs.Output;

/// <summary>A time as a person gives it: RFC 3339, a date or a wall clock of this machine, or how long ago.</summary>
internal static class TimeArgument
{
    private const int LongestSpan = 100_000;

    /// <summary>The time; null for none.</summary>
    /// <exception cref="ProblemException">Something else.</exception>
    public static DateTimeOffset? Parse(string option, string? text, TimeProvider clock) => text is null ? null : Ago(text, clock) ?? Clock(text, clock) ?? throw new ProblemException(
        $"{option} \"{text}\" is not a time", "give one such as 2026-11-21T14:00Z, 2026-11-21 14:00 or 2026-11-21 for the clock of this machine, or how long ago: 90m, 24h, 7d");

    private static DateTimeOffset? Ago(string text, TimeProvider clock)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > LongestSpan) return null;
        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => null,
        };
        return unit is { } one ? clock.GetUtcNow() - (count * one) : null;
    }

    private static DateTimeOffset? Clock(string text, TimeProvider clock)
    {
        ReadOnlySpan<string> forms = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFF"];
        foreach (string form in forms)
        {
            if (DateTime.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime wall))
                return At(wall, clock.LocalTimeZone);
            if (form.Length > 10 && DateTimeOffset.TryParseExact(text, [form + "zzz", form + " zzz", form + "'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                return time;
        }
        return null;
    }

    /// <summary>A wall clock's time in a zone; null where that lies before the first or after the last time there is.</summary>
    public static DateTimeOffset? At(DateTime wall, TimeZoneInfo zone)
    {
        TimeSpan offset = zone.GetUtcOffset(wall);
        return (wall.Ticks - offset.Ticks) is >= 0 and var utc && utc <= DateTime.MaxValue.Ticks ? new DateTimeOffset(wall, offset) : null;
    }
}
