using System.Globalization;
using System.Text.RegularExpressions;

namespace CcConsole.Core.Tests.Cron;

/// <summary>Reads an English sentence about times as a person would, knowing nothing of how it was made; fails at words that it does not know.</summary>
internal sealed partial class EnglishSchedule
{
    private readonly HashSet<int> _times = [];
    private HashSet<int>? _days;
    private HashSet<int>? _weekdays;
    private HashSet<int>? _months;
    private bool _either;

    public bool IsAt(int hour, int minute) => _times.Contains((hour * 60) + minute);

    public bool IsOn(DateTime date)
    {
        var day = _days?.Contains(date.Day);
        var weekday = _weekdays?.Contains((int)date.DayOfWeek);
        return (_months?.Contains(date.Month) ?? true) && (_either ? day == true || weekday == true : day != false && weekday != false);
    }

    public static EnglishSchedule Read(string words)
    {
        var meaning = new EnglishSchedule();
        if (words != "never")
        {
            meaning.ReadDays(meaning.ReadTimes(words));
        }

        return meaning;
    }

    /// <summary>Takes the times off the front.</summary>
    private string ReadTimes(string words)
    {
        if (Clocks().Match(words) is { Success: true } clocks)
        {
            _times.UnionWith(Items(clocks.Groups["list"].Value).Select(Clock));
            return words[clocks.Length..];
        }

        if (Between().Match(words) is { Success: true } between)
        {
            var step = between.Groups["step"].Success ? Number(between.Groups["step"].Value) : 1;
            var (from, to) = (Clock(between.Groups["from"].Value), Clock(between.Groups["to"].Value));
            for (var time = from; time <= to; time += between.Groups["unit"].Value.StartsWith('h') ? 60 * step : step)
            {
                _times.Add(time);
            }

            Assert(_times.Contains(to), "the last time is one of them");
            return words[between.Length..];
        }

        if (OfHours().Match(words) is { Success: true } hours)
        {
            var which = hours.Groups["hours"].Success ? Range(hours.Groups["hours"].Value) : Enumerable.Range(0, 24);
            foreach (var hour in which)
            {
                _times.UnionWith(Range(hours.Groups["list"].Value).Select(minute => (hour * 60) + minute));
            }

            return words[hours.Length..];
        }

        if (words.StartsWith("every hour, on the hour", StringComparison.Ordinal))
        {
            _times.UnionWith(Enumerable.Range(0, 24).Select(hour => hour * 60));
            return words["every hour, on the hour".Length..];
        }

        var even = Even().Match(words);
        Assert(even.Success, words);
        var (by, start) = (even.Groups["step"].Success ? Number(even.Groups["step"].Value) : 1, even.Groups["start"].Success ? Number(even.Groups["start"].Value) : 0);
        Assert(60 % by == 0 && start < by, "goes on evenly over the hours");
        for (var time = start; time < 24 * 60; time += by)
        {
            _times.Add(time);
        }

        return words[even.Length..];
    }

    private void ReadDays(string words)
    {
        if (words.StartsWith(" every day", StringComparison.Ordinal))
        {
            words = words[" every day".Length..];
        }

        var parts = DayParts().Match(words);
        Assert(parts.Success, $"\"{words}\"");
        _months = parts.Groups["months"].Success ? Names(parts.Groups["months"].Value, CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12], 1) : null;
        _days = !parts.Groups["days"].Success ? null : parts.Groups["days"].Value switch
        {
            "the odd days" => [.. Enumerable.Range(1, 31).Where(int.IsOddInteger)],
            "the even days" => [.. Enumerable.Range(1, 31).Where(int.IsEvenInteger)],
            var list => [.. Range(list[list.IndexOf(' ', StringComparison.Ordinal)..].Trim())],
        };
        _weekdays = parts.Groups["weekdays"].Success ? Names(parts.Groups["weekdays"].Value, CultureInfo.InvariantCulture.DateTimeFormat.DayNames, 0) : null;
        _either = parts.Groups["also"].Success;
    }

    private static HashSet<int> Names(string text, string[] names, int first)
    {
        int Of(string name) => Array.IndexOf(names, name) is >= 0 and var at ? at + first : throw new FormatException($"\"{name}\" is no name");
        return text.Split(" to ") is [var low, var high]
            ? [.. Enumerable.Range(Of(low), Of(high) - Of(low) + 1)]
            : [.. Items(text.Replace(" or ", " and ", StringComparison.Ordinal)).Select(Of)];
    }

    private static IEnumerable<int> Range(string text) => text.Split(" to ") is [var low, var high]
        ? Enumerable.Range(Number(low), Number(high) - Number(low) + 1)
        : Items(text).Select(Number);

    private static string[] Items(string text) => text.Replace(" and ", ", ", StringComparison.Ordinal).Split(", ");

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static int Clock(string text) => (Number(text[..2]) * 60) + Number(text[3..]);

    private static void Assert(bool true_, string what) => Xunit.Assert.True(true_, what);

    [GeneratedRegex(@"^at (?<list>\d\d:\d\d(, \d\d:\d\d)*( and \d\d:\d\d)?)")]
    private static partial Regex Clocks();

    [GeneratedRegex(@"^every ((?<unit>hour|minute)|(?<step>\d+) (?<unit>hours|minutes)) from (?<from>\d\d:\d\d) to (?<to>\d\d:\d\d)")]
    private static partial Regex Between();

    [GeneratedRegex(@"^at minutes? (?<list>\d+( to \d+)?(, \d+)*( and \d+)?) of (every hour|the hours? (?<hours>\d+( to \d+)?(, \d+)*( and \d+)?))")]
    private static partial Regex OfHours();

    [GeneratedRegex(@"^every (minute|(?<step>\d+) minutes)(, from minute (?<start>\d+) of every hour)?")]
    private static partial Regex Even();

    [GeneratedRegex(@"^(?<early> in (?<months>[A-Z][A-Za-z, ]*?),)?( on (?<days>the odd days|the even days|days? [\d, ]+(to \d+)?(and \d+)?) of the month)?((, (?<also>and also on)| on| if it is( a day from)?) (?<weekdays>([A-Z][a-z]+|, | and | or | to )+?))?( in (?<months>[A-Z][A-Za-z, ]*))?$")]
    private static partial Regex DayParts();
}
