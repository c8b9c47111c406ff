using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using CcAgent.Watch;
using CcConsole.Core.Audit;
using Xunit;

namespace CcAgent.Tests.Journal.Faults;

/// <summary>Who can append to the log can put lines into it that are none of the agent's; that is a verifier's finding, and the log goes on.</summary>
public class ForeignLineTests
{
    [Theory]
    [InlineData("\"timestamp\": 1e27")]
    [InlineData("\"timestamp\": \"now\"")]
    [InlineData("\"timestamp\": 1.5")]
    [InlineData("\"event\": \"crontab.changed\", \"table\": \"\\ud800\", \"timestamp\": 1.5")]
    public async Task Members_that_are_none_of_ours_under_a_right_hash_do_not_end_the_writer_nor_the_watch(string members)
    {
        using var folder = await BegunAsync();
        Append(folder, seq => seq, members);
        await GoesOnAsync(folder);
        Assert.Empty(WatchRecords.Read(AgentPlaces.For(folder.Path), 0).Tables);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e12")]
    [InlineData("1e400")]
    public async Task A_time_that_is_none_does_not_end_the_showing(string time)
    {
        using var folder = await BegunAsync();
        Append(folder, seq => seq, $"\"timestamp\": {time}");
        await GoesOnAsync(folder);
        var shown = await AgentProgram.RunAsync("audit", "show", "--dir", folder.Path);
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Single(shown.Output.Split('\n'), "(not an entry: cc-agent audit verify)");
    }

    [Fact]
    public async Task A_line_that_is_no_entry_in_the_midst_of_them_does_not_end_the_watch()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await File.AppendAllTextAsync(folder.LastSegment("audit"), "{\"event\": \"crontab.\n", TestContext.Current.CancellationToken);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        Assert.Empty(WatchRecords.Read(AgentPlaces.For(folder.Path), 0).Tables);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e40")]
    public async Task A_sequence_number_that_is_none_of_ours_under_a_right_hash_does_not_end_the_writer(string seq)
    {
        using var folder = await BegunAsync();
        Append(folder, _ => seq, "\"timestamp\": 1.5");
        await GoesOnAsync(folder);
    }

    [Fact]
    public async Task A_line_that_is_longer_than_any_may_be_does_not_end_the_writer()
    {
        using var folder = await BegunAsync();
        var segment = folder.LastSegment("audit");
        var lines = await File.ReadAllLinesAsync(segment, TestContext.Current.CancellationToken);
        lines[0] = lines[0].Insert(1, $"\"a\": \"{new string('x', 70_000)}\", ");
        await File.WriteAllTextAsync(segment, string.Join('\n', lines) + "\n", TestContext.Current.CancellationToken);
        File.Delete(folder.Path + "/audit-state/tree");
        await GoesOnAsync(folder);
    }

    private static async Task<SecureFolder> BegunAsync()
    {
        var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Equal(0, await daemon.StopAsync());
        return folder;
    }

    // A line that follows the last one.
    private static void Append(SecureFolder folder, Func<string, string> seq, string timestamp)
    {
        var last = JsonDocument.Parse(File.ReadLines(folder.LastSegment("audit")).Last()).RootElement;
        var next = (last.GetProperty("seq").GetInt64() + 1).ToString(CultureInfo.InvariantCulture);
        var line = $$"""{"chain": {{last.GetProperty("chain").GetRawText()}}, "event": "audit.key_next", "mono_us": 1, "prev_hash": {{last.GetProperty("hash").GetRawText()}}, "seq": {{seq(next)}}, {{timestamp}}, "v": 1""";
        var hash = Sha256.Hash(Encoding.ASCII.GetBytes(line + "}"));
        File.AppendAllText(folder.LastSegment("audit"), $"{line}, \"hash\": \"{hash}\"}}\n");
    }

    // Twice: what the first start has written is of no other kind to the second.
    private static async Task GoesOnAsync(SecureFolder folder)
    {
        for (var start = 0; start < 2; start++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await daemon.StopAsync());
        }
    }
}
