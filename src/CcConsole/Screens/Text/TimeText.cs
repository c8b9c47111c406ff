using System.Globalization;

namespace CcConsole.Screens;

/// <summary>Times and durations in few columns. A time without its zone stands only beside others whose zone is named.</summary>
internal static class TimeText
{
    /// <summary>How long ago: <c>now</c>, <c>40s</c>, <c>12m</c>, <c>3h</c>, <c>5d</c>.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now) => Span(now - then);

    /// <summary>How long ago, to read: <c>just now</c>, <c>12m ago</c>.</summary>
    public static string AgoWords(DateTimeOffset then, DateTimeOffset now) => Ago(then, now) is var ago && ago == "now" ? "just now" : $"{ago} ago";

    /// <summary>A time that passes, in its largest unit: <c>now</c> under a second.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            span = -span;
        return span.TotalSeconds < 1 ? "now"
            : span.TotalMinutes < 1 ? Text($"{(int)span.TotalSeconds}s")
            : span.TotalHours < 1 ? Text($"{(int)span.TotalMinutes}m")
            : span.TotalDays < 2 ? Text($"{(int)span.TotalHours}h")
            : Text($"{(int)span.TotalDays}d");
    }

    /// <summary>How long a run took: <c>40ms</c>, <c>3.2s</c>, <c>4m05s</c>, <c>2h03m</c>.</summary>
    public static string Duration(TimeSpan span) =>
        span.TotalSeconds < 1 ? Text($"{(int)span.TotalMilliseconds}ms")
        : span.TotalMinutes < 1 ? span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + "s"
        : span.TotalHours < 1 ? Text($"{(int)span.TotalMinutes}m{span.Seconds:00}s")
        : Text($"{(int)span.TotalHours}h{span.Minutes:00}m");

    /// <summary>A time near now in its own zone: <c>14:02</c> today, <c>Tue 14:02</c> within a week, else <c>2026-03-02 14:02</c>.</summary>
    public static string Near(DateTimeOffset time, DateTimeOffset now)
    {
        var here = now.ToOffset(time.Offset);
        var days = Math.Abs((time.Date - here.Date).Days);
        var format = days == 0 ? "HH:mm" : days < 7 ? "ddd HH:mm" : "yyyy-MM-dd HH:mm";
        return time.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A time with its date, seconds and offset: <c>2026-03-02 14:02:09 +01:00</c>.</summary>
    public static string Full(DateTimeOffset time) => time.Offset == TimeSpan.Zero
        ? time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
        : time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>The name of a zone for a clock: <c>UTC</c>, <c>CET</c>, else the offset.</summary>
    public static string ZoneName(DateTimeOffset time, TimeZoneInfo zone)
    {
        if (zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime)
            return "UTC";
        var name = zone.IsDaylightSavingTime(time) ? zone.DaylightName : zone.StandardName;
        return name.Length is > 0 and <= 5 ? name : time.ToString("zzz", CultureInfo.InvariantCulture);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
