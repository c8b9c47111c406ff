using System.Diagnostics;
using System.Globalization;
using System.Text;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>Ten thousand hostile connections of more than twenty kinds: answered, recorded within bounds, never fatal, in nobody's way.</summary>
[Collection(nameof(Measured))]
public class HostileClientsTests
{
    // The attack goes on until an honest client had that many turns.
    private const int Attackers = 4, Connections = 10_000, Turns = 300;

    [Fact]
    public async Task Ten_thousand_hostile_connections_hold_up_nobody_and_cost_no_memory()
    {
        using var folder = new SecureFolder();
        using TestUser villain = new(), honest = new();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await AgentProgram.ShellAsync($"chmod 0711 {folder.Path}; chmod 0666 {folder.Socket}");
        var sockets = ProcessFigures.Sockets(daemon.Pid);

        var share = new ProcessorShare(daemon.Pid);
        var (answered, recorded, made, turns, attacking) = (0, 0, 0, 0, 1);
        var attackers = Enumerable.Range(0, Attackers).Select(a => ThreadIdentity.RunAs(villain.Uid, () =>
        {
            var kinds = new HostileKinds(new Random(a), folder.Socket);
            for (var i = a; i < Connections || Volatile.Read(ref turns) < Turns; i += Attackers)
            {
                kinds.Attack(i / Attackers % HostileKinds.Count);
                Interlocked.Increment(ref made);
            }

            kinds.End();
            Interlocked.Add(ref answered, kinds.Answered);
            Interlocked.Add(ref recorded, kinds.Recorded);
        })).ToArray();
        var waits = new List<double>();
        var client = ThreadIdentity.RunAs(honest.Uid, () =>
        {
            try
            {
                while (Volatile.Read(ref attacking) == 1)
                {
                    var report = Legitimate(honest.Uid, waits.Count);
                    var clock = Stopwatch.StartNew();
                    Assert.True(SocketClient.Ask(folder.Socket, report).GetProperty("ok").GetBoolean());
                    waits.Add(clock.Elapsed.TotalMilliseconds);
                    Volatile.Write(ref turns, waits.Count);
                }
            }
            finally
            {
                Volatile.Write(ref turns, int.MaxValue);
            }
        });
        var all = Task.WhenAll(attackers);
        await Task.WhenAny(all, client);
        Volatile.Write(ref attacking, 0);
        await client;
        await all;

        var peak = ProcessFigures.Status(daemon.Pid, "VmHWM");
        waits.Sort();
        var (late, left) = (waits[waits.Count * 99 / 100], share.Left);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{waits.Count} reports, median {waits[waits.Count / 2]:F2} ms, p99 {late:F2} ms, worst {waits[^1]:F1} ms with {left:P0} of the machine; {answered} answers to {made}, {recorded} recorded; peak {peak} KiB"));
        Assert.InRange(waits.Count, Turns, int.MaxValue);
        // Not compiled ahead of time it carries a compiler, and begins slowly.
        Assert.InRange(late * left, 0, AgentProgram.Published ? 100 : 1_000);
        Assert.InRange(peak, 1_000, AgentProgram.Published ? 40 * 1024 : 400 * 1024);
        Assert.InRange(answered, made / 2, made);

        await Eventually.TrueAsync(() => ProcessFigures.Sockets(daemon.Pid) <= sockets, "all connections are given back");
        Assert.Equal(0, await daemon.StopAsync());
        var reports = await AgentProgram.ReportsAsync(folder.Path);
        Assert.Equal(waits.Count, reports.Count);
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        var refused = entries.Count(e => e.GetProperty("event").GetString() == "report.rejected");
        var counted = entries.Where(e => e.GetProperty("event").GetString() == "audit.suppressed").ToList();
        Assert.InRange(refused, 20, 30);
        Assert.NotEmpty(counted);
        Assert.All(counted, e => Assert.Equal(villain.Uid, e.GetProperty("uid").GetUInt32()));
        // Some kinds make many connections.
        Assert.InRange(refused + counted.Sum(e => e.GetProperty("count").GetInt64()), recorded, made * 3);
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_descriptors_the_daemon_neither_dies_nor_spins_and_still_takes_reports()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // Whatever it opens only once is open then.
        Assert.False(SocketClient.Ask(folder.Socket, "[]").GetProperty("ok").GetBoolean());
        Assert.True(SocketClient.Ask(folder.Socket, Legitimate(0, 0)).GetProperty("ok").GetBoolean());
        var used = ProcessFigures.Descriptors(daemon.Pid);
        // Not compiled ahead of time it still has libraries to open.
        var free = Enumerable.Range(0, 1000).Except(used).ElementAt(AgentProgram.Published ? 0 : 12);
        await LimitAsync(daemon.Pid, free + 1);
        // Who has the last one need not go before anybody else comes.
        var sockets = ProcessFigures.Sockets(daemon.Pid);
        using (var slow = SocketClient.Connect(folder.Socket))
        {
            await Eventually.TrueAsync(() => ProcessFigures.Sockets(daemon.Pid) > sockets, "the client is let in");
            slow.Send(Legitimate(0, 100));
            Assert.True(SocketClient.Answer(slow).GetProperty("ok").GetBoolean());
        }

        var crowd = Enumerable.Range(0, 60).Select(_ => SocketClient.Connect(folder.Socket)).ToList();
        for (var i = 1; i <= 20; i++)
            Assert.True(SocketClient.Ask(folder.Socket, Legitimate(0, i)).GetProperty("ok").GetBoolean());
        await LimitAsync(daemon.Pid, free);
        using (var waiting = SocketClient.Connect(folder.Socket))
        {
            waiting.Send(Legitimate(0, 21));
            var before = ProcessFigures.CpuTime(daemon.Pid);
            await Task.Delay(1_500, TestContext.Current.CancellationToken);
            Assert.InRange((ProcessFigures.CpuTime(daemon.Pid) - before).TotalMilliseconds, 0, 300);
        }

        await LimitAsync(daemon.Pid, 1024);
        Assert.True(SocketClient.Ask(folder.Socket, Legitimate(0, 22)).GetProperty("ok").GetBoolean());
        crowd.ForEach(c => c.Dispose());
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task One_users_crowd_makes_room_for_another()
    {
        using var folder = new SecureFolder();
        using TestUser first = new(), second = new(), third = new();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await AgentProgram.ShellAsync($"chmod 0711 {folder.Path}; chmod 0666 {folder.Socket}");
        // After five seconds those of the crowd are ended anyway, and it would have shown nothing: on a machine that is so busy once more.
        for (var again = 0; ; again++)
        {
            var clock = Stopwatch.StartNew();
            var crowds = new List<System.Net.Sockets.Socket>();
            foreach (var user in (TestUser[])[first, second, third])
            {
                await ThreadIdentity.RunAs(user.Uid, () =>
                {
                    for (var i = 0; i < 60; i++)
                        crowds.Add(SocketClient.Connect(folder.Socket));
                });
            }

            // Of its own crowd only who dawdles makes room.
            await Task.Delay(500, TestContext.Current.CancellationToken);
            await ThreadIdentity.RunAs(third.Uid, () => Assert.True(SocketClient.Ask(folder.Socket, Legitimate(third.Uid, 1)).GetProperty("ok").GetBoolean()));
            Assert.True(SocketClient.Ask(folder.Socket, Legitimate(0, 2)).GetProperty("ok").GetBoolean());
            var sockets = ProcessFigures.Sockets(daemon.Pid);
            var seconds = clock.Elapsed.TotalSeconds;
            crowds.ForEach(c => c.Dispose());
            // 128 at once in all, and three sockets of its own at most.
            Assert.InRange(sockets, 0, 131);
            if (seconds < 5)
            {
                Assert.InRange(sockets, 100, 131);
                return;
            }

            Assert.InRange(again, 0, 8);
        }
    }

    private static async Task LimitAsync(int pid, int descriptors)
    {
        var result = await AgentProgram.ShellAsync(string.Create(CultureInfo.InvariantCulture, $"prlimit --pid {pid} --nofile={descriptors}:"));
        Assert.Equal(0, result.Code);
    }

    private static byte[] Legitimate(uint uid, int number) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"runId":"{{number:x32}}","jobId":"honest","command":"true","exitCode":0,"stdout":"{{new string('o', 700)}}","stderr":"","startTime":"2026-01-02T03:04:05Z","durationMs":5,"executingUid":{{uid}},"executingUser":"u"}"""));
}
