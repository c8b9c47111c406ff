using System.CommandLine;
using System.Text.Json;
using CcConsole.Verbs;
using CcConsole.Verbs.Crontab;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary><c>crontab next</c> and <c>crontab explain</c>.</summary>
public sealed class ScheduleVerbTests
{
    [Fact]
    public async Task Next_prints_a_run_a_line_and_says_what_becomes_of_a_skipped_hour()
    {
        var (code, output, error) = await RunAsync("next", "30 2 * * *", "--zone", "Europe/Berlin", "--from", "2026-03-28T12:00", "--count", "2");
        Assert.Equal((0, "2026-03-29 03:00 +02:00 Sun\n2026-03-30 02:30 +02:00 Mon\n"), (code, output));
        Assert.Equal("note: 2026-03-29: the clock goes from 02:00 to 03:00; 02:30 does not exist: it runs at 03:00\n", error);
    }

    [Fact]
    public async Task Next_as_JSON_tells_the_same()
    {
        var (code, output, error) = await RunAsync(
            "next", "30 2 * * *", "--zone", "Europe/Berlin", "--from", "2026-10-24T12:00Z", "--count", "2", "--dialect", "busybox", "--json");
        using var json = JsonDocument.Parse(output);
        var runs = json.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetString());
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"], runs);
        var change = Assert.Single(json.RootElement.GetProperty("clock_changes").EnumerateArray());
        Assert.Equal(("twice", 1), (change.GetProperty("kind").GetString(), change.GetProperty("count").GetInt32()));
        Assert.Equal("busybox", json.RootElement.GetProperty("dialect").GetString());
    }

    [Fact]
    public async Task A_file_is_answered_line_by_line_and_a_bad_line_is_named()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "# nightly\n0 3 * * *\n\nnonsense\n0 0 30 2 *\n@reboot", TestContext.Current.CancellationToken);
            var (code, output, error) = await RunAsync("next", "--file", file, "--zone", "UTC", "--from", "2026-11-21T00:00Z");
            Assert.Equal((1, "2026-11-21 03:00 +00:00\t0 3 * * *\nnever\t0 0 30 2 *\nwhen the cron daemon starts\t@reboot\n"), (code, output));
            Assert.StartsWith("cc-console: line 4: bad minute", error, StringComparison.Ordinal);

            (_, output, _) = await RunAsync("next", "--file", file, "--zone", "UTC", "--from", "2026-11-21T00:00Z", "--count", "2", "--json");
            var documents = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal([2, -1, 0, 0], documents.Select(document => document.TryGetProperty("runs", out var runs) ? runs.GetArrayLength() : -1));
            Assert.Equal(4, documents[1].GetProperty("line").GetInt32());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("0 0 30 2 *", "debian", 1, "never\n", "note: Never fires: no month that is named has such a day. Correct the day or the month, or pause the entry if that is meant\n")]
    [InlineData("0~30 4 * * *", "debian", 0, "at 04:00 every day\n", "note: Debian's cron knows no ~: 0~30 is 0, each time. Write one value, or put a random sleep into the command\n")]
    [InlineData("0~9 4 * * *", "cronie", 0, "0~9 4 * * *\n", "note: The daemon draws the ~ values when it reads the table; the runs shown are possible ones\n")]
    [InlineData("0 4 13 1 fri", "debian", 0, "at 04:00 in January, on day 13 of the month, and also on Friday\n", "note: Runs when the day of the month is 13 or the day of the week is fri: either will do. Keep one of the two fields, and test the other in the command\n")]
    [InlineData("0 4 * * 7", "busybox", 0, "0 4 * * 7\n", "note: Bad day of the week: 0 to 6 (0 is Sunday; 7 is not known) or sun to sat; the daemon logs a parse error and goes on with every value. Correct the field\n")]
    public async Task Explain_says_what_is_true_and_notes_what_may_not_be_meant(string schedule, string dialect, int code, string words, string notes) =>
        Assert.Equal((code, words, notes), await RunAsync("explain", schedule, "--dialect", dialect));

    [Fact]
    public async Task Explain_as_JSON_lists_the_values_of_each_field()
    {
        var (_, output, _) = await RunAsync("explain", "*/20 8-10 1 jan *", "--dialect", "cronie", "--json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal("[0,20,40][8,9,10][1][1][0,1,2,3,4,5,6]", string.Concat(
            ((string[])["minutes", "hours", "days", "months", "weekdays"]).Select(name => JsonSerializer.Serialize(json.RootElement.GetProperty(name)))));
    }

    [Theory]
    [InlineData("no time zone \"Mars/Olympus\"", "next", "* * * * *", "--zone", "Mars/Olympus")]
    [InlineData("one of debian, cronie and busybox", "next", "* * * * *", "--dialect", "vixie")]
    [InlineData("there is no schedule", "next")]
    [InlineData("a schedule and a file", "next", "* * * * *", "--file", "-")]
    [InlineData("--count 0", "next", "* * * * *", "--count", "0")]
    [InlineData("is not a time", "next", "* * * * *", "--from", "tomorrowish")]
    [InlineData("cannot be read", "next", "--file", "/nonexistent/schedules")]
    [InlineData("bad hour", "explain", "0 24 * * *")]
    public async Task Wrong_usage_says_what_is_wrong(string words, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(words, error, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        output.NewLine = error.NewLine = "\n";
        var root = new RootCommand { Verb.Json, CrontabVerbs.Create() };
        ParseResult parsed = root.Parse(["crontab", .. arguments], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return (Verb.Failure, "", parsed.Errors[0].Message);
        int code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }
}
