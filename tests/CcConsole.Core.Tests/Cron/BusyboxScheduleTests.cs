using System.Globalization;
using CcConsole.Core.Cron;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Cron;

/// <summary>Fields beside what the real busybox crond makes of them: at its highest log level it prints the marks of each field.</summary>
public sealed class BusyboxScheduleTests
{
    private const int Schedules = 6000;
    private static readonly int[] Sizes = [60, 24, 32, 12, 7];
    private static readonly string[] MonthNames = ["jan", "Feb", "MAR", "dec", "may", "december"];
    private static readonly string[] WeekdayNames = ["sun", "Mon", "FRI", "sat", "sunday", "thu"];
    private static readonly ScheduleField[] Fields =
        [ScheduleField.Minute, ScheduleField.Hour, ScheduleField.DayOfMonth, ScheduleField.Month, ScheduleField.DayOfWeek];

    [Fact]
    public async Task Fields_are_read_as_the_real_crond_reads_them()
    {
        var random = new Random(4);
        var texts = Enumerable.Range(0, Schedules).Select(_ => string.Join(' ', Enumerable.Range(0, 5).Select(field => Field(random, field)))).ToList();
        var blocks = await ReadByCrondAsync(texts);
        Assert.Equal(Schedules, blocks.Count);
        var (wrong, faults) = (new List<string>(), 0);
        for (var i = 0; i < Schedules; i++)
        {
            // The first line where the daemon logs an error stands for the field at fault; the others are marks.
            var marks = blocks[i].Select(line => line.All(char.IsAsciiDigit) ? line.Select(mark => mark == '1').ToArray() : null).ToArray();
            var fault = Array.FindIndex(marks, static field => field is null);
            faults += fault >= 0 ? 1 : 0;
            Assert.True(Schedule.TryParse(texts[i], CronDialect.Busybox, out var schedule, out var error), $"{texts[i]}: {error.Message}");
            if (schedule!.Fault?.Field != (fault < 0 ? null : Fields[fault]))
            {
                wrong.Add($"{texts[i]}: at fault {schedule.Fault?.Field}, crond logs {(fault < 0 ? "nothing" : blocks[i][fault])}");
                continue;
            }

            var (days, weekdays) = (marks[2], marks[4]);
            for (var field = 0; field < 5; field++)
            {
                // What two day fields mean together is known where both were read.
                if (marks[field] is not { } set || (field is 2 or 4 && (days is null || weekdays is null)))
                {
                    continue;
                }

                var counts = field switch
                {
                    2 => !days!.All(static mark => mark) || weekdays!.All(static mark => mark),
                    4 => !weekdays!.All(static mark => mark) || days!.All(static mark => mark),
                    _ => true,
                };
                var expected = counts ? Enumerable.Range(0, set.Length).Where(value => set[value] && (field != 2 || value > 0)).Select(value => field == 3 ? value + 1 : value) : [];
                if (!expected.SequenceEqual(schedule.Values(Fields[field])))
                {
                    wrong.Add($"{texts[i]}: {Fields[field]} is {string.Join(",", schedule.Values(Fields[field]))}, crond has {string.Join(",", expected)}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.InRange(faults, Schedules / 20, Schedules / 2);
    }

    [Theory]
    [InlineData("61 * * * *", ScheduleField.Minute)]
    [InlineData("0 24 * * *", ScheduleField.Hour)]
    [InlineData("0 0 * * 7", ScheduleField.DayOfWeek)]
    public void A_number_beyond_the_end_stands_for_every_value_and_is_said(string text, ScheduleField field)
    {
        var schedule = Schedule.Parse(text, CronDialect.Busybox);
        Assert.Equal(field, schedule.Fault?.Field);
        Assert.EndsWith("goes on with every value", schedule.Fault?.Message, StringComparison.Ordinal);
        Assert.False(schedule.NeverFires);
    }

    [Theory]
    [InlineData("0 0 * * fri-mon", "0,1,5,6")]
    [InlineData("0 0 1 0,3 mon", "1,6")]
    [InlineData("@weekly", "0")]
    [InlineData("@monthly", "")]
    [InlineData("@daily", "0,1,2,3,4,5,6")]
    [InlineData("@reboot", "")]
    public void Weekdays_are_those_that_it_has_marked(string text, string weekdays) =>
        Assert.Equal(weekdays, string.Join(",", Schedule.Parse(text, CronDialect.Busybox).Values(ScheduleField.DayOfWeek)));

    [Theory]
    [InlineData("0 0 * *", ScheduleField.DayOfWeek)]
    [InlineData("0 0 #* * *", ScheduleField.DayOfMonth)]
    [InlineData("@Daily", ScheduleField.TimeSpecifier)]
    [InlineData("99999999999 * * * *", ScheduleField.Minute)]
    [InlineData("0 0 * * * *", ScheduleField.Command)]
    public void A_line_that_it_leaves_out_is_refused(string text, ScheduleField field)
    {
        Assert.False(Schedule.TryParse(text, CronDialect.Busybox, out _, out var error));
        Assert.Equal(field, error.Field);
    }

    private static string Field(Random random, int field)
    {
        var parts = Enumerable.Range(0, random.Next(6) == 0 ? 2 : 1).Select(_ =>
        {
            var text = random.Next(5) switch
            {
                0 => "*",
                1 or 2 => End(random, field),
                _ => $"{End(random, field)}-{End(random, field)}",
            };
            return random.Next(4) == 0 ? $"{text}/{(random.Next(8) == 0 ? ((string[])["0", "-3", "+2", "", "100"])[random.Next(5)] : Number(random.Next(1, 9)))}" : text;
        });
        var made = string.Join(',', parts);
        return random.Next(40) switch
        {
            0 => made + ((string[])["x", ",", "-", "-1-2", ".5", "/2"])[random.Next(6)],
            1 => ((string[])["-", ",", "?", "*", "L"])[random.Next(5)] + made,
            _ => made,
        };
    }

    private static string End(Random random, int field) => field switch
    {
        3 when random.Next(3) == 0 => MonthNames[random.Next(MonthNames.Length)],
        4 when random.Next(3) == 0 => WeekdayNames[random.Next(WeekdayNames.Length)],
        _ => Number(random.Next(30) == 0 ? random.Next(200) : random.Next(field == 3 ? 1 : 0, Sizes[field] + (field == 3 ? 1 : 0))),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Five lines for each schedule: the marks of a field, or what the daemon logs.</summary>
    private static async Task<List<string[]>> ReadByCrondAsync(List<string> schedules)
    {
        await using var cron = await CronDaemon.CreateAsync();
        var folder = Directory.CreateDirectory(Path.Combine(cron.Root, "tabs")).FullName;
        var log = Path.Combine(cron.Root, "crond.log");
        await File.WriteAllLinesAsync(Path.Combine(folder, "root"), schedules.Append("1 2 3 4 5").Select(schedule => schedule + " true"));

        // It reads the table when it starts and runs jobs when a minute begins: it is gone by then.
        if (TimeProvider.System.GetUtcNow().Second > 45)
        {
            await Task.Delay(TimeSpan.FromSeconds(61 - TimeProvider.System.GetUtcNow().Second));
        }

        using var crond = cron.Start(["busybox", "crond", "-f", "-l", "0", "-L", log, "-c", folder]);
        try
        {
            // Any schedule's marks can be those of the last one: the end is known by the number of lines.
            var wanted = 5 * (schedules.Count + 1);
            var (seen, silent) = (0, TimeProvider.System.GetTimestamp());
            while (TimeProvider.System.GetElapsedTime(silent) < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50);
                var whole = File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
                string[] lines = [.. whole[..(whole.LastIndexOf('\n') + 1)].Split('\n')[..^1].Skip(1)
                    .Where(static line => !line.StartsWith("crond: user:root entry", StringComparison.Ordinal)).Take(wanted)];
                if (lines.Length == wanted)
                {
                    Assert.Equal("0000010", lines[^1]);
                    return [.. lines.Chunk(5).SkipLast(1)];
                }

                if (lines.Length > seen)
                {
                    (seen, silent) = (lines.Length, TimeProvider.System.GetTimestamp());
                }
            }

            throw new TimeoutException($"crond has told of {seen / 5} schedules, and of no further one for a minute");
        }
        finally
        {
            crond.Kill();
            await crond.WaitForExitAsync();
        }
    }
}
