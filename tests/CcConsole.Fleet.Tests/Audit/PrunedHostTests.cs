using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using CcConsole.Fleet.Audit;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>Hosts that have let go of their oldest entries: by what the real agent's settings ask for, and by somebody's hand.</summary>
public sealed class PrunedHostTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new(), _later = new();
    private readonly RealAgent _agent;
    private readonly FleetControl _control;

    public PrunedHostTests()
    {
        // A segment has then 128 KiB.
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"), """{"watch": false, "audit": {"maxMegabytes": 1}}""");
        _control = Open(_fleet);
    }

    public async ValueTask DisposeAsync()
    {
        // It writes into the fleet's folder.
        _agent.Dispose();
        await _fleet.DisposeAsync();
        await _later.DisposeAsync();
    }

    private FleetControl Open(TestFleet fleet)
    {
        FleetControl control = fleet.Open();
        control.Hosts.Add(_agent.On(fleet.MakeHost("web01", "# mine\n")));
        return control;
    }

    private static async Task<PullResult> PullAsync(FleetControl control, bool deep = false)
    {
        // The session may be one of before the agent was started anew.
        await control.Hosts.TestAsync(control.Hosts.Get("web01"));
        return await control.Audit.PullAsync("web01", deep);
    }

    /// <summary>So many entries of some 4 KiB: runs that the daemon is told of.</summary>
    private void Fill(int runs)
    {
        byte[] report = Encoding.ASCII.GetBytes(
            $$"""{"jobId":"j","command":"{{new string('x', 3900)}}","exitCode":0,"stdout":"","stderr":"","startTime":"2026-11-20T10:00:00Z","durationMs":1,"executingUid":0,"executingUser":"root"}""" + "\n");
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(_agent.Dir, "cc-agent.sock")));
            socket.Send(report);
            byte[] answer = new byte[4096];
            Assert.Contains("\"ok\":true", Encoding.UTF8.GetString(answer, 0, socket.Receive(answer)).Replace(" ", "", StringComparison.Ordinal));
        });
    }

    private long First() => long.Parse(Path.GetFileName(_agent.Segments.First()).AsSpan(0, 20), System.Globalization.CultureInfo.InvariantCulture);

    private long Size() => _agent.Segments.Select(segment => new FileInfo(segment)).Sum(segment => segment.Exists ? segment.Length : 0);

    /// <summary>What root on the host can do.</summary>
    private void RemoveOldest()
    {
        _agent.Stop();
        _agent.Unlock();
        File.Delete(_agent.Segments.First());
    }

    [Fact]
    public async Task A_host_whose_oldest_segment_was_deleted_is_a_GAP()
    {
        Fill(120);
        Assert.True((await PullAsync(_control)).IsGood);
        RemoveOldest();
        PullResult found = await PullAsync(_control, deep: true);
        Assert.Equal(("GAP", 0L), (found.Verdict, found.Conflict!.Seq));
        Assert.Contains($"no longer has the entries #0 to #{First() - 1}", found.Message);
        Assert.True(_control.Audit.State("web01").IsBad);
    }

    [Fact]
    public async Task A_host_that_has_pruned_what_is_held_here_agrees_and_one_that_lost_more_does_not()
    {
        Fill(400);
        PullResult first = await PullAsync(_control);
        Assert.True(first.IsGood, first.Message);
        // The pull left its mark: at its start the daemon lets go of what is held.
        _agent.Stop();
        _agent.Start();
        Stopwatch waited = Stopwatch.StartNew();
        while ((Size() > 1 << 20 || File.Exists(Path.Combine(_agent.Dir, "audit-state/prune"))) && waited.Elapsed < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        long begins = First();
        Assert.InRange(begins, 1, first.Head!.Seq);

        // Who holds all from the first entry on, and who begins where the host begins now: both agree with it, entry by entry, each time.
        FleetControl later = Open(_later);
        PullResult new1 = await PullAsync(later);
        Assert.True(new1.IsGood, new1.Message);
        Assert.Equal(begins, new1.Head!.First);
        foreach (FleetControl control in (FleetControl[])[_control, later])
        {
            DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
            PullResult deep = await PullAsync(control, deep: true);
            Assert.True(deep.IsGood, deep.Message);
            Assert.True(deep.Head!.ComparedAt >= before);
            Assert.True(control.Audit.Verify("web01").IsGood);
        }

        Assert.Equal(0, _control.Audit.Head("web01").First);
        RemoveOldest();
        Assert.True(First() > begins);
        foreach ((FleetControl control, long from) in ((FleetControl, long)[])[(_control, 0), (later, begins)])
        {
            PullResult found = await PullAsync(control, deep: true);
            Assert.Equal(("GAP", from), (found.Verdict, found.Conflict!.Seq));
            Assert.Contains($"no longer has the entries #{from} to #{First() - 1}", found.Message);
        }
    }
}
