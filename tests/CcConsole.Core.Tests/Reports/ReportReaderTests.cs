using System.Text;
using System.Text.Json;
using CcConsole.Core.Reports;
using Xunit;

namespace CcConsole.Core.Tests.Reports;

public class ReportReaderTests
{
    private const string Minimal = """
        {"jobId":"5f0c","command":"/bin/bash backup.sh","exitCode":0,"stdout":"Backup successful\n","stderr":"",
        "startTime":"2024-03-20T10:00:00Z","durationMs":1500,"executingUid":1001,"executingUser":"cc-agent-user"}
        """;

    private static string Problem(string json) => Problem(Encoding.UTF8.GetBytes(json));

    private static string Problem(byte[] json)
    {
        Assert.False(ReportReader.TryRead(json, out var report, out var problem));
        Assert.Null(report);
        Assert.NotEmpty(problem);
        return problem;
    }

    [Fact]
    public void A_minimal_report_of_another_writer_is_read()
    {
        Assert.True(ReportReader.TryRead(Encoding.UTF8.GetBytes(Minimal), out var report, out var problem), problem);
        Assert.Equal("5f0c", report.JobId);
        Assert.Equal(1500, report.DurationMs);
        Assert.Equal(1001u, report.ExecutingUid);
        Assert.Null(report.Warning);
        Assert.Null(report.Unknown);
    }

    [Theory]
    [InlineData("2024-03-20T10:00:00+02:00")]
    [InlineData("2024-03-20T10:00:00.123456789Z")]
    [InlineData("2024-03-20T10:00:00.5-11:30")]
    public void Times_of_RFC_3339_are_read(string time) =>
        Assert.True(ReportReader.TryRead(Encoding.UTF8.GetBytes(Minimal.Replace("2024-03-20T10:00:00Z", time)), out _, out _));

    [Fact]
    public void Unknown_members_are_kept_as_they_came()
    {
        var json = Minimal.Replace("{\"jobId\"", """{"x":{"big":123456789012345678901234567890,"n":1.50,"s":"\u0041"},"jobId" """);
        Assert.True(ReportReader.TryRead(Encoding.UTF8.GetBytes(json), out var report, out _));
        Assert.Equal("""{"big":123456789012345678901234567890,"n":1.50,"s":"\u0041"}""", report.Unknown!["x"].GetRawText());
        Assert.Contains(
            """{"big":123456789012345678901234567890,"n":1.50,"s":"A"}""",
            JsonSerializer.Serialize(report, ReportJson.Default.ExecutionReport), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"jobId\":\"5f0c\"", "\"jobId\":\"\"", "jobId")]
    [InlineData("\"jobId\":\"5f0c\"", "\"jobId\":7", "jobId")]
    [InlineData("\"jobId\":\"5f0c\",", "", "jobId")]
    [InlineData("\"exitCode\":0", "\"exitCode\":\"0\"", "exitCode")]
    [InlineData("\"exitCode\":0", "\"exitCode\":1.5", "exitCode")]
    [InlineData("\"exitCode\":0", "\"exitCode\":99999999999", "exitCode")]
    [InlineData("\"exitCode\":0", "\"exitCode\":1e999", "exitCode")]
    [InlineData("\"exitCode\":0", "\"exitCode\":null", "exitCode")]
    [InlineData("\"stderr\":\"\",", "", "stderr")]
    [InlineData("\"stdout\":\"Backup successful\\n\"", "\"stdout\":[]", "stdout")]
    [InlineData("\"durationMs\":1500", "\"durationMs\":-1", "durationMs")]
    [InlineData("\"durationMs\":1500", "\"durationMs\":9007199254740991", "durationMs")]
    [InlineData("\"executingUid\":1001", "\"executingUid\":4294967296", "executingUid")]
    [InlineData("2024-03-20T10:00:00Z", "2024-03-20T10:00:00", "startTime")]
    [InlineData("2024-03-20T10:00:00Z", "2024-03-20", "startTime")]
    [InlineData("2024-03-20T10:00:00Z", "9999-12-31T23:59:59Z", "startTime")]
    [InlineData("2024-03-20T10:00:00Z", "0001-01-01T00:00:00Z", "startTime")]
    [InlineData("2024-03-20T10:00:00Z", "yesterday at noon: a time", "startTime")]
    [InlineData("\"exitCode\":0", "\"exitCode\":0,\"exitCode\":1", "\"exitCode\" occurs twice")]
    [InlineData("\"exitCode\":0", "\"exitCode\":0,\"x\":{\"a\":1,\"\\u0061\":2}", "\"a\" occurs twice")]
    [InlineData("\"exitCode\":0", "\"exitCode\":0,\"x\":\"\\ud800\"", "Unicode")]
    [InlineData("\"exitCode\":0", "\"exitCode\":0,\"stdoutSha256\":\"zz\"", "stdoutSha256")]
    [InlineData("\"exitCode\":0", "\"exitCode\":NaN", "JSON")]
    [InlineData("\"exitCode\":0,", "\"exitCode\":0,,", "JSON")]
    public void What_is_wrong_is_named(string find, string replace, string named)
    {
        Assert.Contains(find, Minimal, StringComparison.Ordinal);
        Assert.Contains(named, Problem(Minimal.Replace(find, replace)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_object_of_UTF_8_or_is_too_deep_or_too_long_is_refused()
    {
        Assert.Contains("object", Problem("[]"), StringComparison.Ordinal);
        Problem("");
        Problem("{");
        Problem(Minimal + "{}");
        Assert.Contains("UTF-8", Problem([.. "{\"a\":\""u8, 0xff, .. "\"}"u8]), StringComparison.Ordinal);
        Problem(Minimal.Replace("{\"jobId\"", "{\"x\":" + new string('[', 64) + new string(']', 64) + ",\"jobId\""));
        Assert.Contains("bytes", Problem(Minimal + new string(' ', ReportLimits.MaxReportBytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var random = new Random(11);
        var valid = Encoding.UTF8.GetBytes(Minimal);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = valid.ToArray();
            for (var j = random.Next(1, 6); j > 0; j--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ReportReader.TryRead(bytes, out _, out _);
        }
    }
}
