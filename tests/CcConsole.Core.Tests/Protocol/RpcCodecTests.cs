using System.Buffers;
using System.Text;
using CcConsole.Core.Protocol;
using Xunit;

namespace CcConsole.Core.Tests.Protocol;

public class RpcCodecTests
{
    private static RpcMessage Through(Action<ArrayBufferWriter<byte>> write, out string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text[..^1]);
        return RpcCodec.Read(buffer.WrittenSpan)!;
    }

    [Fact]
    public void A_request_has_the_form_of_the_standard()
    {
        var message = Through(
            b => RpcCodec.WriteRequest(b, 7, Methods.ReportTail, new ReportTailParams(41, Follow: true), ProtocolJson.Default.ReportTailParams),
            out var text);
        Assert.Equal("""{"jsonrpc":"2.0","id":7,"method":"report.tail","params":{"after":41,"follow":true,"credit":64}}""" + "\n", text);
        Assert.Equal(RpcKind.Request, message.Kind);
        Assert.True(RpcCodec.TryRead(message.Params, ProtocolJson.Default.ReportTailParams, out var read, out _));
        Assert.Equal(new ReportTailParams(41, null, true), read);
    }

    [Fact]
    public void Notifications_results_and_errors_are_told_apart()
    {
        Assert.Equal(RpcKind.Notification, Through(b => RpcCodec.WriteNotification(b, StreamMethods.Credit, new StreamCredit(7, 10), ProtocolJson.Default.StreamCredit), out _).Kind);
        Assert.Equal(RpcKind.Result, Through(b => RpcCodec.WriteResult(b, 7, new Done(), ProtocolJson.Default.Done), out _).Kind);
        var failure = Through(b => RpcCodec.WriteError(b, null, new RpcError(RpcErrorCode.ParseError, "not JSON", new RpcErrorData("send JSON"))), out var text);
        Assert.Equal(RpcKind.Failure, failure.Kind);
        Assert.Equal("send JSON", failure.Error!.Data!.Hint);
        Assert.StartsWith("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700""", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":1,"method":"x"}""")]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"x"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    public void What_is_no_message_is_invalid(string line) =>
        Assert.Equal(RpcKind.Invalid, RpcCodec.Read(Encoding.UTF8.GetBytes(line))!.Kind);

    [Theory]
    [InlineData("x")]
    [InlineData("[1]")]
    [InlineData("""{"jsonrpc":"2.0","id":"a","method":"x"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"x","params":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""")]
    public void What_cannot_be_read_is_null(string line) => Assert.Null(RpcCodec.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Parameters_that_do_not_fit_are_named()
    {
        var message = RpcCodec.Read("""{"jsonrpc":"2.0","id":1,"method":"crontab.write","params":{"actor":"a","origin":"b"}}"""u8)!;
        Assert.False(RpcCodec.TryRead(message.Params, ProtocolJson.Default.CrontabWriteParams, out _, out var problem));
        Assert.NotEmpty(problem);
        message = RpcCodec.Read("""{"jsonrpc":"2.0","id":1,"method":"report.tail","params":{"after":"x"}}"""u8)!;
        Assert.False(RpcCodec.TryRead(message.Params, ProtocolJson.Default.ReportTailParams, out _, out problem));
        Assert.Contains("after", problem, StringComparison.Ordinal);
        Assert.False(RpcCodec.TryRead(null, ProtocolJson.Default.ReportTailParams, out _, out problem));
    }

    [Fact]
    public void Optional_members_may_be_left_out_and_come_back_as_they_were()
    {
        var write = new CrontabWriteParams([1, 2, 255], "ada", "laptop");
        var message = Through(b => RpcCodec.WriteRequest(b, 1, Methods.CrontabWrite, write, ProtocolJson.Default.CrontabWriteParams), out _);
        Assert.True(RpcCodec.TryRead(message.Params, ProtocolJson.Default.CrontabWriteParams, out var read, out var problem), problem);
        Assert.Equal(write.Content, read.Content);
        Assert.Null(read.ExpectedSha256);
        Assert.Null(read.Table);

        var pull = new AuditPullResult(3, -1);
        message = Through(b => RpcCodec.WriteResult(b, 3, pull, ProtocolJson.Default.AuditPullResult), out _);
        Assert.True(RpcCodec.TryRead(message.Result, ProtocolJson.Default.AuditPullResult, out var pulled, out problem), problem);
        Assert.Equal(pull, pulled);

        var status = new AgentStatusResult("1", "user", "/d", "/d/s", "", 0, "", 0, 0, "on", []);
        message = Through(b => RpcCodec.WriteResult(b, 3, status, ProtocolJson.Default.AgentStatusResult), out _);
        Assert.True(RpcCodec.TryRead(message.Result, ProtocolJson.Default.AgentStatusResult, out var stated, out problem), problem);
        Assert.Null(stated.Daemon);
    }

    [Fact]
    public void A_recorded_report_passes_through_as_it_lies_in_the_journal()
    {
        var recorded = """{"seq":4,"received":1795190201619942,"uid":1000,"report":{"jobId":"a","command":"b","exitCode":0,"stdout":"\u001b","stderr":"","startTime":"2024-03-20T10:00:00Z","durationMs":1,"executingUid":1000,"executingUser":"u","odd": [1.50]}}""";
        var message = Through(b => RpcCodec.WriteReportEntry(b, 9, Encoding.UTF8.GetBytes(recorded)), out var text);
        Assert.Contains(recorded, text, StringComparison.Ordinal);
        Assert.True(RpcCodec.TryRead(message.Params, ProtocolJson.Default.ReportEntry, out var entry, out var problem), problem);
        Assert.Equal(4, entry.Entry.Seq);
        Assert.Equal("\u001b", entry.Entry.Report.Stdout);
        Assert.Equal("[1.50]", entry.Entry.Report.Unknown!["odd"].GetRawText());
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 21, 16, 41, TimeSpan.Zero).AddMicroseconds(619942).Year, entry.Entry.ReceivedAt.Year);
    }
}
