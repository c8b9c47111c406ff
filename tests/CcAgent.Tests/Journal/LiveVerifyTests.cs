using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Tests.Harness;
using CcConsole.Core.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Journal;

/// <summary>`audit verify` beside a daemon that is just writing: the daemon's answers are given here, step by step.</summary>
public class LiveVerifyTests
{
    [Fact]
    public async Task A_line_that_is_being_written_is_not_TORN_and_one_that_no_daemon_is_writing_is()
    {
        using var folder = new SecureFolder();
        var log = await Log.MakeAsync(folder);
        var last = log.Lines.Count - 1;
        log.Put(last - 1, torn: true);
        using (var daemon = new Answering(folder, () => log.Put(last, torn: true)))
        {
            var live = await VerifyAsync(folder);
            Assert.True(live.Code == 0, live.ToString());
            Assert.Equal(("OK", last), Found(live));
        }

        var torn = await VerifyAsync(folder);
        Assert.Equal((2, ("TORN", last + 1)), (torn.Code, Found(torn)));
    }

    [Fact]
    public async Task Bytes_that_the_daemon_does_not_account_for_are_said_though_it_runs()
    {
        using var folder = new SecureFolder();
        var log = await Log.MakeAsync(folder);
        log.Put(log.Lines.Count, torn: false);
        await File.AppendAllTextAsync(log.Segment, "not by the agent\n");
        using var daemon = new Answering(folder, () => { });
        var found = await VerifyAsync(folder);
        Assert.Equal((1, ("NONCANONICAL", log.Lines.Count + 1)), (found.Code, Found(found)));
    }

    [Fact]
    public async Task A_daemon_that_writes_without_a_pause_has_an_OK_chain_each_time()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                SocketClient.Ask(folder.Socket, SocketClient.Minimal);
        });
        for (var i = 0; i < 5; i++)
        {
            var live = await VerifyAsync(folder);
            Assert.True(live.Code == 0, live.ToString());
        }

        await stop.CancelAsync();
        await load;
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public async Task A_segment_without_a_byte_where_the_agent_leaves_none_is_named(int first, bool good)
    {
        using var folder = new SecureFolder();
        var log = await Log.MakeAsync(folder);
        log.Put(log.Lines.Count, torn: false);
        // Made, and not yet written to, when the daemon ended: that is the agent's own.
        var name = $"{(good ? log.Lines.Count : first):D20}.jsonl";
        await File.WriteAllBytesAsync($"{folder.Audit}/{name}", []);
        var found = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.Equal(good ? 0 : 1, found.Code);
        Assert.Equal(!good, found.Output.Contains($"alarm: {name} is empty", StringComparison.Ordinal));
    }

    private static Task<ProgramResult> VerifyAsync(SecureFolder folder) => AgentProgram.RunAsync("audit", "verify", "--json", "--dir", folder.Path);

    private static (string?, int) Found(ProgramResult verify)
    {
        var json = JsonDocument.Parse(verify.Output).RootElement;
        return (json.GetProperty("verdict").GetString(), json.GetProperty("entries").GetInt32());
    }

    /// <summary>A chain that a daemon wrote and left, put back to where it stood at one of its entries.</summary>
    private sealed record Log(SecureFolder Folder, string Segment, IReadOnlyList<string> Lines, CcAgent.Journal.ChainHead Head)
    {
        internal static async Task<Log> MakeAsync(SecureFolder folder)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await daemon.StopAsync());
            var segment = folder.LastSegment("audit");
            return new Log(folder, segment, await File.ReadAllLinesAsync(segment), HeadFile.Read(folder.Path + "/audit-state/head")!);
        }

        /// <summary>So many entries, each known to be on disk.</summary>
        /// <param name="torn">Half of the next one is there too.</param>
        internal void Put(int entries, bool torn)
        {
            var whole = string.Concat(Lines.Take(entries).Select(line => line + "\n"));
            File.WriteAllText(Segment, whole + (torn ? Lines[entries][..100] : ""));
            using var entry = JsonDocument.Parse(Lines[entries - 1]);
            var path = Folder.Path + "/audit-state/head";
            File.Delete(path);
            using var file = HeadFile.Open(path, out _);
            file.Write(Head with { Seq = entries - 1, Hash = Hash32.Parse(entry.RootElement.GetProperty("hash").GetString()), Offset = whole.Length }, sync: false);
        }
    }

    /// <summary>Answers as a daemon does when it is asked how it is, after it has done something.</summary>
    private sealed class Answering : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly Task _answering;

        internal Answering(SecureFolder folder, Action before)
        {
            File.Delete(folder.Socket);
            _socket.Bind(new UnixDomainSocketEndPoint(folder.Socket));
            File.SetUnixFileMode(folder.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _socket.Listen();
            _answering = Task.Run(() =>
            {
                using var client = _socket.Accept();
                var request = new byte[4096];
                _ = client.Receive(request);
                before();
                client.Send(Encoding.UTF8.GetBytes("""{"ok":true,"status":{"pid":1,"version":"1","started":"2026-11-21T00:00:00Z","residentBytes":1}}""" + "\n"));
            });
        }

        public void Dispose()
        {
            _answering.Wait(TimeSpan.FromSeconds(60));
            _socket.Dispose();
        }
    }
}
