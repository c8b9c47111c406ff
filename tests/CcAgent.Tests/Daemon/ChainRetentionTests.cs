using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Daemon;
using CcAgent.Places;
using CcAgent.Sealing;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>Of the chain only goes what the settings ask for and a console holds, and the chain says what went.</summary>
public class ChainRetentionTests
{
    // A segment has then 128 KiB.
    private const string Settings = "{\"watch\": false, \"audit\": {\"maxMegabytes\": 1}}";

    [Fact]
    public async Task Only_what_a_console_holds_goes_and_what_is_left_is_OK()
    {
        using var folder = await FilledAsync();
        var all = await AgentProgram.EntriesAsync(folder.Path);
        var segments = SegmentsOf(folder);
        Assert.True(segments.Length > 8, $"{segments.Length} segments");
        // Nobody has pulled.
        await IdleAsync(folder);
        Assert.Equal(segments, SegmentsOf(folder)[..segments.Length]);
        // Somebody says so, of another chain.
        await PulledAsync(folder, 200, new string('0', 64));
        await IdleAsync(folder);
        Assert.Equal(segments, SegmentsOf(folder)[..segments.Length]);

        // A console holds some, and what it does not hold stays though it is too much.
        var held = First(segments[2]) - 1;
        await PulledAsync(folder, held, HashOf(all[(int)held]));
        await RestartAsync(folder, first: First(segments[2]));
        Assert.Equal(segments[2..], SegmentsOf(folder)[..(segments.Length - 2)]);
        var prunes = await PrunesAsync(folder);
        Assert.Equal([(0, First(segments[1]) - 1), (First(segments[1]), held)], prunes.Select(prune => (prune.GetProperty("first").GetInt64(), prune.GetProperty("last").GetInt64())));
        Assert.Equal(HashOf(all[(int)held]), prunes[1].GetProperty("last_hash").GetString());
        await GoodAsync(folder);

        // It holds all: then the size decides.
        var last = all.Count - 1;
        await PulledAsync(folder, last, HashOf(all[last]));
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            await Eventually.TrueAsync(
                () => Directory.GetFiles(folder.Audit).Sum(Length) <= 1024 * 1024 && !File.Exists(folder.Path + "/audit-state/prune"),
                "no more is left than is asked for", 60);
            Assert.Equal(0, await daemon.StopAsync());
        }

        await GoodAsync(folder);
        var left = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Equal(First(SegmentsOf(folder)[0]), left[0].GetProperty("seq").GetInt64());
        Assert.Equal(all[(int)left[0].GetProperty("seq").GetInt64()].GetRawText(), left[0].GetRawText());
        var status = JsonDocument.Parse((await AgentProgram.RunAsync("status", "--json", "--dir", folder.Path)).Output).RootElement;
        Assert.StartsWith("the daemon does not answer", Assert.Single(status.GetProperty("alarms").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_that_holds_less_or_more_is_told_where_the_chain_begins()
    {
        using var folder = await FilledAsync();
        var all = await AgentProgram.EntriesAsync(folder.Path);
        var first = First(SegmentsOf(folder)[2]);
        await PulledAsync(folder, first - 1, HashOf(all[(int)first - 1]));
        await RestartAsync(folder, first);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        foreach (var (after, held) in ((long, bool)[])[(-1, false), (5, false), (first - 1, false), (first, true), (first + 3, true), (1_000_000, false)])
        {
            await using var serve = ServeClient.Start(folder.Path);
            var stream = await serve.RequestAsync("audit.pull", string.Create(CultureInfo.InvariantCulture, $$"""{"after":{{after}},"credit":100000}"""));
            var result = (await serve.AnswerAsync(stream)).GetProperty("result");
            Assert.Equal(first, result.GetProperty("first").GetInt64());
            Assert.Equal(held, result.TryGetProperty("held", out var line) && line.ValueKind == JsonValueKind.String);
            if (held)
                Assert.Equal(after, Entry(line).GetProperty("seq").GetInt64());
            var next = await serve.NextAsync(stream);
            if (after > all.Count)
            {
                Assert.NotEqual("audit.lines", next.Method);
                continue;
            }

            Assert.Equal("audit.lines", next.Method);
            var expected = Math.Max(first, after + 1);
            Assert.Equal(expected, next.Params.GetProperty("first").GetInt64());
            Assert.Equal(expected, Entry(next.Params.GetProperty("bytes")).GetProperty("seq").GetInt64());
            // Who holds the entry before can tell that this one follows.
            if (expected == first)
                Assert.Equal(HashOf(all[(int)first - 1]), Entry(next.Params.GetProperty("bytes")).GetProperty("prev_hash").GetString());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_between_the_entry_and_the_removal_is_finished_at_the_next_start_and_one_before_the_entry_is_forgotten(bool told)
    {
        using var folder = await FilledAsync();
        var all = await AgentProgram.EntriesAsync(folder.Path);
        var segments = SegmentsOf(folder);
        var (oldest, end) = ($"{folder.Audit}/{segments[0]}", First(segments[1]));
        var bytes = await File.ReadAllBytesAsync(oldest, TestContext.Current.CancellationToken);
        await PulledAsync(folder, end - 1, HashOf(all[(int)end - 1]));
        await RestartAsync(folder, end);
        var prune = Assert.Single(await PrunesAsync(folder));
        // As if the daemon had died before the removal: with the entry there, or (of a range that nobody gave up) not.
        await File.WriteAllBytesAsync(oldest, bytes, TestContext.Current.CancellationToken);
        await GoodAsync(folder);
        var from = prune.GetProperty("seq").GetInt64() + (told ? 0 : 1);
        await File.WriteAllTextAsync(folder.Path + "/audit-state/prune", string.Create(CultureInfo.InvariantCulture, $"cc-agent-prune 1 0 {end - 1} {from}\n"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false}", TestContext.Current.CancellationToken);
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            await Eventually.TrueAsync(() => !File.Exists(folder.Path + "/audit-state/prune"), "it is settled", 60);
            Assert.Equal(!told, File.Exists(oldest));
            Assert.Equal(0, await daemon.StopAsync());
        }

        await GoodAsync(folder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_append_only_log_is_pruned_by_the_process_that_seals_it_and_stays_append_only(bool torn)
    {
        await using var log = await SealedLog.StartAsync(Settings, megabytes: 32);
        if (torn)
        {
            // Lines that were never known to be on disk; the next start attests them, and they are none of the entries.
            await log.Daemon.KillAsync();
            await AgentProgram.ShellAsync($"printf '{{\"seq\": 2000000000}}\\n{{\"seq\": 2000000001' >>{log.LastSegment}");
            Assert.EndsWith("{\"seq\": 2000000001", await File.ReadAllTextAsync(log.LastSegment, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await log.RestartAsync();
        }

        await FillAsync(log.Socket);
        var all = await AgentProgram.EntriesAsync(log.Path);
        var segments = Directory.GetFiles(log.Audit, "*.jsonl").Order(StringComparer.Ordinal).ToArray();
        var end = First(Path.GetFileName(segments[1]));
        AppendPulled(log.Socket, end - 1, HashOf(all[(int)end - 1]));
        await log.RestartAsync();
        await Eventually.TrueAsync(() => !File.Exists(segments[0]), "the oldest segment goes", 60);
        Assert.Equal(AgentProgram.Published, await SealedLog.IsSealedAsync(log.Audit));
        foreach (var segment in segments[1..])
            Assert.Equal(AgentProgram.Published, await SealedLog.IsSealedAsync(segment));
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", log.Path)).Code);
    }

    [Fact]
    public async Task Where_the_file_system_has_no_such_attribute_entries_go_all_the_same()
    {
        await using var log = await SealedLog.StartAsync(Settings, kind: "ramfs");
        Assert.Contains("is not append-only", log.Daemon.Said, StringComparison.Ordinal);
        await FillAsync(log.Socket);
        var all = await AgentProgram.EntriesAsync(log.Path);
        var segments = Directory.GetFiles(log.Audit, "*.jsonl").Order(StringComparer.Ordinal).ToArray();
        var end = First(Path.GetFileName(segments[1]));
        AppendPulled(log.Socket, end - 1, HashOf(all[(int)end - 1]));
        await log.RestartAsync();
        await Eventually.TrueAsync(() => !File.Exists(segments[0]), "the oldest segment goes: " + log.Daemon.Said, 60);
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", log.Path)).Code);
    }

    [Fact]
    public async Task By_an_entry_that_may_itself_be_given_up_nothing_goes()
    {
        using var folder = await FilledAsync();
        var all = await AgentProgram.EntriesAsync(folder.Path);
        var segments = SegmentsOf(folder);
        var (oldest, end) = ($"{folder.Audit}/{segments[0]}", First(segments[1]));
        var bytes = await File.ReadAllBytesAsync(oldest, TestContext.Current.CancellationToken);
        await PulledAsync(folder, end - 1, HashOf(all[(int)end - 1]));
        await RestartAsync(folder, end);
        var prune = Assert.Single(await PrunesAsync(folder)).GetProperty("seq").GetInt64();
        await File.WriteAllBytesAsync(oldest, bytes, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Path + "/audit-state/prune", string.Create(CultureInfo.InvariantCulture, $"cc-agent-prune 1 0 {end - 1} {prune}\n"), TestContext.Current.CancellationToken);

        var settings = new AgentSettings { Audit = new AuditSettings(BallastMegabytes: 0) };
        using var recorder = OpenJournal.RecorderIn(folder, settings);
        void Ready() => new ChainRetention(AgentPlaces.For(folder.Path), settings.Audit, recorder, AuditSeal.For(false), TimeProvider.System).Ready();
        OpenJournal.FailOnce(recorder);
        Assert.False(recorder.Append("agent.started", []).Good);
        Ready();
        Assert.True(File.Exists(oldest));
        recorder.Mend();
        Assert.Null(recorder.Problem);
        Ready();
        Assert.False(File.Exists(oldest));
    }

    private static async Task<SecureFolder> FilledAsync()
    {
        var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", Settings);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await FillAsync(folder.Socket);
        Assert.Equal(0, await daemon.StopAsync());
        return folder;
    }

    private static Task FillAsync(string socket) => Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 16 }, (_, _) =>
    {
        Assert.True(SocketClient.Ask(socket, SocketClient.Minimal.Replace("/bin/bash backup.sh", new string('x', 3900))).GetProperty("ok").GetBoolean());
        return ValueTask.CompletedTask;
    });

    private static async Task PulledAsync(SecureFolder folder, long seq, string hash)
    {
        await using var daemon = await RunningDaemon.StartAsync(folder);
        AppendPulled(folder.Socket, seq, hash);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static void AppendPulled(string socket, long seq, string hash) => Assert.True(SocketClient.Ask(
        socket,
        string.Create(CultureInfo.InvariantCulture, $$$"""{"request":"audit.append","params":{"event":"console.pulled","actor":"ada","origin":"laptop","seq":{{{seq}}},"hash":"{{{hash}}}"}}""")).GetProperty("ok").GetBoolean());

    // A start that has time to prune what it should not.
    private static async Task IdleAsync(SecureFolder folder)
    {
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Task.Delay(2000);
        Assert.Equal(0, await daemon.StopAsync());
    }

    // A start, and what it is to prune.
    private static async Task RestartAsync(SecureFolder folder, long first)
    {
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(() => First(SegmentsOf(folder)[0]) == first && !File.Exists(folder.Path + "/audit-state/prune"), "the chain begins where it should", 60);
        Assert.Equal(0, await daemon.StopAsync());
    }

    private static async Task GoodAsync(SecureFolder folder)
    {
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
    }

    private static async Task<List<JsonElement>> PrunesAsync(SecureFolder folder) =>
        [.. (await AgentProgram.EntriesAsync(folder.Path)).Where(entry => entry.GetProperty("event").GetString() == "audit.prune" && entry.GetProperty("of").GetString() == "audit")];

    // A segment may go while it is looked at.
    private static long Length(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static string[] SegmentsOf(SecureFolder folder) =>
        [.. Directory.GetFiles(folder.Audit, "*.jsonl").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static long First(string segment) => long.Parse(segment.AsSpan(0, 20), CultureInfo.InvariantCulture);

    private static string HashOf(JsonElement entry) => entry.GetProperty("hash").GetString()!;

    // The first line of a message's bytes.
    private static JsonElement Entry(JsonElement base64) =>
        JsonDocument.Parse(Encoding.ASCII.GetString(base64.GetBytesFromBase64()).Split('\n')[0]).RootElement;
}
