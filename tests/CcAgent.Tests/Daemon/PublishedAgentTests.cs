using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>The wire between this agent and the published one of the same protocol, in both of its forms, both ways.</summary>
public class PublishedAgentTests
{
    private const string Event = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private static string Enveloped(string payload) => $$"""{"eventId":"{{Event}}","payload":{{payload.Trim()}}}""" + "\n";

    [Fact]
    public async Task Its_exec_reports_to_our_daemon_in_both_forms_and_once()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal.Trim() + "\n").GetProperty("accepted").GetBoolean());
        for (var i = 0; i < 2; i++)
            Assert.True(SocketClient.Ask(folder.Socket, Enveloped(SocketClient.Minimal.Replace("foreign", "wrapped"))).GetProperty("accepted").GetBoolean());
        var reports = (await AgentProgram.ReportsAsync(folder.Path)).Select(line => line.GetRawText()).ToList();
        Assert.Equal(2, reports.Count);
        Assert.Contains("wrapped", reports[1], StringComparison.Ordinal);
        Assert.Contains(Event.Replace("-", ""), reports[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"eventId":"0f8fad5b-d9cb-469f-a165-70867728950e","payload":{}}""")]
    [InlineData("""{"eventId":"none","payload":{"jobId":"a"}}""")]
    [InlineData("""{"eventId":"0f8fad5b-d9cb-469f-a165-70867728950e","payload":7}""")]
    [InlineData("""{"payload":{"payload":{}},"eventId":"\ud800"}""")]
    public async Task What_is_no_report_in_an_envelope_is_refused_in_its_words(string sent)
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var answer = SocketClient.Ask(folder.Socket, sent);
        Assert.False(answer.GetProperty("accepted").GetBoolean());
        Assert.NotEqual("", answer.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Our_exec_reports_to_its_daemon_which_wants_an_envelope()
    {
        using var folder = new SecureFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.Socket));
        File.SetUnixFileMode(folder.Socket, (UnixFileMode)0b110_110_000);
        listener.Listen();
        var taken = Task.Run(() => Serve(listener));
        var run = await AgentProgram.ExecAsync(folder.Path, "nightly", "sh", "-c", "echo out; exit 3");
        Assert.Equal(3, run.Code);
        var payload = (await taken.WaitAsync(TimeSpan.FromSeconds(60))).GetProperty("payload");
        Assert.Equal(("nightly", 3, "out\n"), (payload.GetProperty("jobId").GetString(), payload.GetProperty("exitCode").GetInt32(), payload.GetProperty("stdout").GetString()));
        Assert.False(Directory.Exists(folder.Path + "/spool") && Directory.EnumerateFiles(folder.Path + "/spool", "*.json", SearchOption.AllDirectories).Any());
    }

    // As its daemon does: one object, an event of 36 lower-case characters or a refusal, and the end of the connection.
    private static JsonElement Serve(Socket listener)
    {
        for (var i = 0; i < 4; i++)
        {
            using var client = listener.Accept();
            var bytes = new List<byte>();
            var buffer = new byte[65536];
            JsonDocument? sent = null;
            while (sent is null && client.Receive(buffer) is > 0 and var got)
            {
                bytes.AddRange(buffer[..got]);
                try
                {
                    sent = JsonDocument.Parse(bytes.ToArray());
                }
                catch (JsonException)
                {
                    // Not whole yet.
                }
            }

            var good = sent is not null && sent.RootElement.TryGetProperty("eventId", out var id)
                && Guid.TryParseExact(id.GetString(), "D", out var guid) && guid.ToString("D") == id.GetString();
            client.Send(Encoding.UTF8.GetBytes(good ? "{\"accepted\":true}\n" : "{\"accepted\":false,\"error\":\"invalid execution report\"}\n"));
            if (good)
                return sent!.RootElement;
        }

        throw new InvalidOperationException("no report came in an envelope");
    }
}
