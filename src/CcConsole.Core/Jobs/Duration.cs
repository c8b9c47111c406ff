using System.Globalization;

namespace CcConsole.Core.Jobs;

/// <summary>Spans of time on the command line: 500ms, 30s, 5m, 1h, 2d; a number alone is seconds; a hundred years at most.</summary>
public static class Duration
{
    private const long Most = 36_525 * TimeSpan.TicksPerDay;

    /// <summary>Reads a span; null when it is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        if (digits is 0 or > 9)
            return null;
        var number = long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        long? unit = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "" or "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => null,
        };
        return unit is { } ticks && number > 0 && number <= Most / ticks ? TimeSpan.FromTicks(number * ticks) : null;
    }
}
