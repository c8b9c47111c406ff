using CcConsole.Fleet.Tests;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>The whole way on the screen, with the real agent: a job is written, run, reported and audited, and reviewed with the host gone.</summary>
public sealed class WholeWayTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();
    private readonly RealAgent _agent;

    public WholeWayTests()
    {
        Directory.CreateDirectory(_fleet.Home("web01"));
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _fleet.Host("web01", host => _agent.On(host), "# mine\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _fleet.Control.DisposeAsync();
        _agent.Dispose();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task From_the_editor_to_the_verified_chain_with_the_host_gone()
    {
        await _fleet.VisitAsync();
        var screen = await _fleet.Start(120, 40).Press("Enter").WaitForText("Jobs[0]");
        screen.Press("n");
        await screen.WaitForText("new job");
        screen.Type("0 3 * * *").Press("Tab").Type("echo from the job; echo oops >&2").Press("Up", "Up").Type("hello");
        Assert.Contains("[x] run by the agent's wrapper", screen.Text);
        screen.Press("Ctrl+S");
        await screen.WaitForText("[ Apply ]");
        screen.Press("Enter");
        await screen.WaitForText("crontab written, verified, audit #");
        Assert.StartsWith("# mine\n#cc: name=hello\n0 3 * * * ", _fleet.Table("web01"));
        await screen.WaitForText("Jobs[1]");

        screen.Press("3");
        await screen.WaitForText("Reports[0]");
        screen.Press("2");
        await (await screen.WaitForText("Jobs[1]")).WaitUntilIdle();
        screen.Press("t");
        await screen.WaitForText("Run hello on web01 now");
        screen.Press("Enter");
        await screen.WaitForText("exit 0 after");
        Assert.Contains("from the job", screen.Text);

        screen.Press("3");
        await screen.WaitForText("Reports[1]");
        await screen.WaitForText("oops");

        screen.Press("5", "P");
        await screen.WaitForText("✓ VERIFIED");
        await screen.WaitForText("job.finished");
        Assert.Contains("crontab.edited", screen.Text);

        _fleet.Down.Add("web01");
        _agent.Stop();
        var later = _fleet.Start(120, 40).Press("5");
        await later.WaitForText("job.finished");
        await later.WaitForText("✓ proven");
    }

    [Fact]
    public async Task An_entry_that_was_changed_on_the_host_is_found_by_comparing_and_turns_the_host_red()
    {
        await _fleet.VisitAsync();
        var screen = await _fleet.Start(120, 40).Press("5").WaitForText("✓ VERIFIED");
        _agent.Stop();
        _agent.Unlock();
        var segment = _agent.Segments.First();
        var text = await File.ReadAllTextAsync(segment);
        await File.WriteAllTextAsync(segment, text.Replace("agent.started", "agent.starteD", StringComparison.Ordinal));
        screen.Press("D");
        await screen.WaitForText("TAMPERED at #1: stored ≠ computed");
        Assert.Contains("web01", Assert.Single(_fleet.Control.Audit.Conflicts()).Host);
        screen.Press("1");
        await screen.WaitForText("✗ fail");
    }
}
