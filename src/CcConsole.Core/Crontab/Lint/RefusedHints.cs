using System.Buffers;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What to write in the place of a field that the daemon refuses, by what it looks like.</summary>
internal static class RefusedHints
{
    private static readonly string[] LongNames =
    [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "tues", "thur", "thurs",
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "sept",
    ];

    private static readonly SearchValues<char> Quartz = SearchValues.Create("?LW#0123456789*,-/");

    public static string For(LineFault fault, string field, CrontabDocument table) => fault switch
    {
        LineFault.TimeSpecifier => Word(field),
        LineFault.Command => "Write the command after the fifth field; after an @word it is the second",
        LineFault.Option => "Write the command with a path, or without the - before it",
        LineFault.CommandTooLong => "Put the command into a script",
        LineFault.User => "Write the user between the schedule and the command",
        _ => Field(fault, field, table),
    };

    private static string Word(string word) =>
        word.StartsWith("@every", StringComparison.OrdinalIgnoreCase) ? "Write a step: */5 * * * * is every five minutes"
        : ScheduleFields.TryWord(System.Text.Encoding.UTF8.GetBytes(word[1..].ToLowerInvariant()), CronDialect.Debian, out _) ? $"Write {word.ToLowerInvariant()}, in small letters"
        : "Write one of the words, or five fields";

    private static string Field(LineFault fault, string field, CrontabDocument table)
    {
        var (low, high) = FieldScan.Bounds(fault);
        if (field.Length == 0)
        {
            return "Write five fields before the command: minute, hour, day of the month, month, day of the week";
        }

        if (field.Length > 1 && (field[0] is '/' or '.' || field.Contains(".sh", StringComparison.Ordinal)))
        {
            return fault == LineFault.Minute ? "Write the schedule before the command" : "A field is missing: five of them stand before the command";
        }

        if (field.EndsWith("/0", StringComparison.Ordinal))
        {
            return "Write a step of 1 or more";
        }

        if (field.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && char.IsAsciiDigit(field[0]) && field.AsSpan(0, slash).IndexOfAny('-', ',') < 0)
        {
            return $"Write {field[..slash]}-{high}{field[slash..]}: a step needs a star or a range before it";
        }

        if (field.Contains('~', StringComparison.Ordinal) && table.Dialect == CronDialect.Debian)
        {
            return "Only cronie draws random values; put a random sleep into the command";
        }

        if (Array.Exists(LongNames, name => field.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            return "Write the first three letters of the name";
        }

        if (field.AsSpan().IndexOfAny("?LW#") >= 0 && !field.AsSpan().ContainsAnyExcept(Quartz))
        {
            return "?, L, W and # are of other schedulers: write plain days, and test the date in the command";
        }

        if (field.StartsWith(',') || field.EndsWith(',') || field.Contains(",,", StringComparison.Ordinal))
        {
            return "Remove the comma that has nothing before or after it";
        }

        if (char.IsAsciiLetter(field[0]) && fault == LineFault.Minute)
        {
            return "A line is a comment (#), NAME=value, or a schedule and a command";
        }

        return fault == LineFault.Hour && field == "24" ? "Midnight is hour 0" : fault == LineFault.Minute && field == "60" ? "Write 0 for the full hour" : $"Write values from {low} to {high}";
    }
}
