using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Journal;

/// <summary>
/// Whatever is acknowledged is there afterwards: several writers at once, while the daemon is killed and the disk fills and
/// empties, at random and again and again. CC_FULL=1 makes it 400 disturbances instead of 30.
/// </summary>
public class AcknowledgedTests
{
    private const int Writers = 6;

    private static readonly bool Full = Environment.GetEnvironmentVariable("CC_FULL") is { Length: > 0 };

    [Fact]
    public async Task Every_acknowledged_entry_is_there_after_kills_and_full_disks_under_load_and_the_chain_is_OK()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        await using var disk = await SmallDisk.MakeAsync(Full ? 600 : 64, "ext4");
        var acknowledged = new ConcurrentBag<(long Seq, string Hash, string Job)>();
        var runs = new ConcurrentBag<(string Job, bool Recorded)>();
        using var stop = new CancellationTokenSource();
        var daemon = await RunningDaemon.StartInAsync(disk.Path, "--append-only");
        var (kills, fills, refused) = (0, 0, 0);
        // A slow disk takes longer for it.
        bool Enough() => acknowledged.Count > 100 && kills > 0 && fills > 0 && Volatile.Read(ref refused) > 0;
        try
        {
            List<Task> load = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(disk.Socket, writer, acknowledged, () => Interlocked.Increment(ref refused), stop.Token)))];
            load.Add(Task.Run(() => RunAsync(disk.Path, runs, stop.Token)));
            var rounds = Full ? 400 : 30;
            for (var round = 0; round < rounds || (round < 10 * rounds && !Enough()); round++)
            {
                await Task.Delay(random.Next(20, 500));
                switch (random.Next(3))
                {
                    case 0:
                        await disk.TakeAsync();
                        fills++;
                        break;
                    case 1:
                        disk.Empty();
                        break;
                    default:
                        await daemon.KillAsync();
                        await daemon.DisposeAsync();
                        kills++;
                        daemon = await StartAsync(disk);
                        break;
                }
            }

            await stop.CancelAsync();
            await Task.WhenAll(load);
            // What waits in the spool is taken in too.
            disk.Empty();
            await daemon.DisposeAsync();
            daemon = await StartAsync(disk);
            await Eventually.TrueAsync(
                () => !Directory.EnumerateFiles(disk.Path + "/spool", "*.json").Any(), "the spool is taken in", 60);
            Assert.Equal(0, await daemon.StopAsync());
        }
        finally
        {
            await daemon.DisposeAsync();
        }

        var said = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {kills} kills, {fills} full disks, {acknowledged.Count} acknowledged, {refused} not, {runs.Count} runs");
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        var entries = await AgentProgram.EntriesAsync(disk.Path);
        Assert.All(acknowledged, each =>
        {
            Assert.True(each.Seq < entries.Count, $"{said}: entry {each.Seq} of {each.Job} is gone");
            Assert.Equal((each.Hash, each.Job), (entries[(int)each.Seq].GetProperty("hash").GetString(), entries[(int)each.Seq].GetProperty("job_id").GetString()));
        });
        var told = entries.Where(entry => entry.TryGetProperty("job_id", out _)).Select(entry => entry.GetProperty("job_id").GetString()).ToHashSet();
        Assert.All(runs, run => Assert.True(!run.Recorded || told.Contains(run.Job), $"{said}: run {run.Job}, which said nothing of not being recorded, is not"));
        Assert.True(Enough(), said);
        Assert.Contains(entries, entry => entry.GetProperty("event").GetString() == "audit.gap");
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", disk.Path);
        Assert.True(verify.Code == 0, said + verify);
        Assert.StartsWith($"OK {entries.Count} ", await SecureFolder.PythonAsync(disk.Path), StringComparison.Ordinal);
    }

    // On a disk without any room a daemon does not start.
    private static async Task<RunningDaemon> StartAsync(SmallDisk disk)
    {
        try
        {
            return await RunningDaemon.StartInAsync(disk.Path, "--append-only");
        }
        catch (InvalidOperationException e)
        {
            Assert.Matches("No space left|bytes could be written", e.Message);
            disk.Empty();
            return await RunningDaemon.StartInAsync(disk.Path, "--append-only");
        }
    }

    private static void Write(string socket, int writer, ConcurrentBag<(long, string, string)> acknowledged, Action refused, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var job = string.Create(CultureInfo.InvariantCulture, $"w{writer}-{i}");
            try
            {
                var answer = SocketClient.Ask(socket, SocketClient.Minimal.Replace("foreign", job));
                if (answer.GetProperty("ok").GetBoolean())
                    acknowledged.Add((answer.GetProperty("seq").GetInt64(), answer.GetProperty("hash").GetString()!, job));
                else
                    refused();
            }
            catch (Exception e) when (e is SocketException or JsonException)
            {
                // Killed in the middle: nothing was acknowledged.
                stop.WaitHandle.WaitOne(10);
            }

            stop.WaitHandle.WaitOne(Random.Shared.Next(1, 15));
        }
    }

    // Real runs: what the wrapper says nothing of has been recorded, at once or by way of the spool.
    private static async Task RunAsync(string directory, ConcurrentBag<(string, bool)> runs, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var job = string.Create(CultureInfo.InvariantCulture, $"run-{i}");
            var run = await AgentProgram.ExecAsync(directory, job, "/bin/sh", "-c", "exit 3");
            Assert.Equal(3, run.Code);
            runs.Add((job, !run.Error.Contains("not recorded", StringComparison.Ordinal)));
        }
    }
}
