using System.Text;
using System.Text.Json;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>What cronie's crontab and busybox's crond said of random tables (make.py beside the vectors asks them).</summary>
public sealed class ProgramVectorTests
{
    private const uint WithDayZero = uint.MaxValue;

    [Fact]
    public void Random_tables_are_accepted_exactly_when_cronie_accepted_them()
    {
        using var vectors = Read("cronie.json", "cronie 1.7.2");
        var wrong = new List<string>();
        var accepted = 0;
        var rows = vectors.RootElement.GetProperty("tables");
        foreach (var row in rows.EnumerateArray())
        {
            var table = Table(row[0]);
            accepted += row[1].GetBoolean() ? 1 : 0;
            if (CrontabLinter.Lint(CrontabDocument.Parse(table, CronDialect.Cronie)).Accepted != row[1].GetBoolean())
            {
                wrong.Add($"cronie says {row[1].GetBoolean()} of {row[0].GetRawText()} {Encoding.Latin1.GetString(table)[..Math.Min(100, table.Length)]}");
            }
        }

        Assert.True(rows.GetArrayLength() >= 1500);
        Assert.InRange(accepted, rows.GetArrayLength() / 10, rows.GetArrayLength() * 9 / 10);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ: {string.Join('\n', wrong.Take(12))}");
    }

    [Fact]
    public void The_entries_of_random_tables_are_those_that_busybox_found()
    {
        using var vectors = Read("busybox.json", "BusyBox v1.35.0");
        var wrong = new List<string>();
        var count = 0;
        foreach (var row in vectors.RootElement.GetProperty("tables").EnumerateArray())
        {
            var table = Table(row[0]);
            var entries = CrontabDocument.Parse(table, CronDialect.Busybox).Entries.ToList();
            var expected = row[1].EnumerateArray().ToList();
            count += expected.Count;
            if (entries.Count != expected.Count || !entries.Zip(expected).All(pair => IsSame(pair.First.Schedule, pair.Second)))
            {
                wrong.Add($"busybox says {row[1].GetRawText()} of {row[0].GetRawText()} {Encoding.Latin1.GetString(table)}");
            }
        }

        Assert.True(count > 300);
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ: {string.Join('\n', wrong.Take(12))}");
    }

    /// <summary>Compares what crond marks with the schedule; a field with a parse error is not told, and makes a fault.</summary>
    private static bool IsSame(Schedule schedule, JsonElement fields)
    {
        var hasFault = fields.EnumerateArray().Any(field => field.ValueKind == JsonValueKind.Null);
        return hasFault == schedule.Fault is not null
            && Matches(fields[0], schedule.Fields.Minutes)
            && Matches(fields[1], schedule.Fields.Hours)
            && Matches(fields[3], schedule.Fields.Months >> 1)
            && (hasFault || DaysMatch(schedule, Bits(fields[2]), Bits(fields[4])));
    }

    /// <summary>crond marks the days before it drops a field that is full where the other is not (FixDayDow).</summary>
    private static bool DaysMatch(Schedule schedule, ulong days, ulong weekdays)
    {
        var (allDays, allWeekdays) = (days == WithDayZero, weekdays == 0x7F);
        return schedule.Fields.Days == (allDays && !allWeekdays ? 0 : (uint)days & ~1u)
            && schedule.Fields.Weekdays == (allWeekdays && !allDays ? 0 : (uint)weekdays);
    }

    private static bool Matches(JsonElement field, ulong bits) => field.ValueKind == JsonValueKind.Null || Bits(field) == bits;

    private static ulong Bits(JsonElement field)
    {
        ulong bits = 0;
        var digits = field.GetString()!;
        for (var i = 0; i < digits.Length; i++)
        {
            bits |= digits[i] == '1' ? 1UL << i : 0;
        }

        return bits;
    }

    private static byte[] Table(JsonElement text) => text.ValueKind == JsonValueKind.String
        ? text.GetBytesFromBase64()
        : Encoding.ASCII.GetBytes(text[0].GetString() + new string(text[1].GetString()![0], text[2].GetInt32()) + text[3].GetString());

    private static JsonDocument Read(string name, string program)
    {
        var vectors = JsonDocument.Parse(File.ReadAllBytes(Vectors.Find("crontab/" + name)));
        Assert.StartsWith(program, vectors.RootElement.GetProperty("program").GetString(), StringComparison.Ordinal);
        return vectors;
    }
}
