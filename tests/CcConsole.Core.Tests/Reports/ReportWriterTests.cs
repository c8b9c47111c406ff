using System.Buffers;
using System.Text;
using System.Text.Json;
using CcConsole.Core.Reports;
using Xunit;

namespace CcConsole.Core.Tests.Reports;

public class ReportWriterTests
{
    private static readonly ExecutionReport Empty = new(
        "backup", "/bin/sh -c true", 0, "", "", new DateTimeOffset(2026, 11, 21, 1, 2, 3, 45, TimeSpan.Zero), 12, 1000, "web");

    private static ExecutionReport Write(ExecutionReport report, byte[] stdout, byte[] stderr, out byte[] line)
    {
        OutputTail outTail = new(), errTail = new();
        outTail.Append(stdout);
        errTail.Append(stderr);
        var buffer = new ArrayBufferWriter<byte>();
        ReportWriter.Write(buffer, report, outTail, errTail);
        line = buffer.WrittenSpan.ToArray();
        Assert.Equal((byte)'\n', line[^1]);
        Assert.Equal(1, line.Count(b => b == '\n'));
        Assert.True(ReportReader.TryRead(line, out var read, out var problem), problem);
        return read;
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x22)]
    [InlineData(0x41)]
    [InlineData(0x7f)]
    [InlineData(0x9f)]
    [InlineData(0xff)]
    [InlineData(0x00)]
    public void A_report_stays_under_one_mebibyte_whatever_byte_fills_it(byte value)
    {
        var output = Enumerable.Repeat(value, 400 * 1024).ToArray();
        var command = new string((char)value, 200_000);
        var report = Write(Empty with { Command = command }, output, output, out var line);
        Assert.True(line.Length < ReportLimits.MaxReportBytes, $"{line.Length} bytes");
        Assert.True(line.Length > 3 * ReportLimits.MaxReportBytes / 4 || value is 0x41, $"only {line.Length} bytes are used");
        Assert.StartsWith("[… ", report.Stdout, StringComparison.Ordinal);
        Assert.StartsWith("[… ", report.Stderr, StringComparison.Ordinal);
        Assert.InRange(report.Stdout.Length, 50_000, 300_000);
        Assert.InRange(report.Stderr.Length, report.Stdout.Length - 200, report.Stdout.Length + 200);
        Assert.Contains("more bytes]", report.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_silent_stream_keeps_all_of_the_other()
    {
        var output = Enumerable.Repeat((byte)1, 300 * 1024).ToArray();
        var report = Write(Empty, output, "quiet"u8.ToArray(), out _);
        Assert.Equal("quiet", report.Stderr);
    }

    [Fact]
    public void A_cut_never_begins_in_the_middle_of_a_character()
    {
        var output = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é€😀", 60_000)));
        var report = Write(Empty, output, [], out _);
        Assert.DoesNotContain('\ufffd', report.Stdout);
        var marker = report.Stdout.IndexOf('\n', StringComparison.Ordinal);
        var kept = Encoding.UTF8.GetByteCount(report.Stdout.AsSpan(marker + 1));
        Assert.StartsWith($"[… {output.Length - kept} bytes", report.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_within_the_limit_is_kept_as_it_is()
    {
        var report = Write(Empty, "a\nb\t\"c\" \\ <d> ü\u001b[31m"u8.ToArray(), [], out var line);
        Assert.Equal("a\nb\t\"c\" \\ <d> ü\u001b[31m", report.Stdout);
        Assert.DoesNotContain("warning", Encoding.UTF8.GetString(line), StringComparison.Ordinal);
        Assert.Contains("\"startTime\":\"2026-11-21T01:02:03.045Z\"", Encoding.UTF8.GetString(line), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_member_survives_the_round_trip()
    {
        var full = Empty with
        {
            ExitCode = 137,
            Warning = "ran as root",
            Signal = 9,
            TimedOut = true,
            Refused = "overlap",
            Lost = true,
            Sandbox = "read-only",
            RunId = new string('a', 32),
            Attempt = 2,
            StdoutBytes = 5_000_000_000,
            StderrBytes = 0,
            StdoutSha256 = new string('0', 64),
            StderrSha256 = new string('f', 64),
            Stdout = "out",
            Stderr = "err",
        };
        var read = Write(full, "out"u8.ToArray(), "err"u8.ToArray(), out var line);
        Assert.Equal(full, read);
        Assert.Equal(full, JsonSerializer.Deserialize(line, ReportJson.Default.ExecutionReport));
    }
}
