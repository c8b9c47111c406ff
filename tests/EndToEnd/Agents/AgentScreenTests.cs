using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Agents;

/// <summary>The agent comes, is renewed and goes from the full-screen console: each time its plan is shown first, and applied only when confirmed.</summary>
public sealed class AgentScreenTests
{
    [Fact]
    public async Task The_screen_installs_upgrades_and_uninstalls_an_agent_once_its_plan_is_confirmed()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await using InstalledHost host = await InstalledHost.CreateAsync(hosts, root: false);
        using ConsoleHome console = host.Console();
        // One host under two names: as production, and as any other.
        console.WriteConfig("hosts.json", """{ "hosts": [ { "name": "db01", "destination": "web01", "tags": ["prod"] }, { "name": "web01", "destination": "web01" } ] }""");
        string releases = await InstalledHost.ReleasesAsync(console);
        string[] before = await host.SnapshotAsync();

        using var screen = new ConsoleScreen(console, width: 160);
        TmuxSession terminal = screen.Terminal;
        screen.Start("db01");
        terminal.Press("7");
        terminal.WaitFor("– absent");

        // Of production the name is typed: Enter alone does nothing, and neither does another name.
        terminal.Press("i");
        terminal.WaitFor("Install the agent of db01 (user mode)?");
        terminal.WaitFor("type the host's name");
        terminal.Press("Enter");
        terminal.Type("web01");
        terminal.Press("Enter");
        terminal.WaitFor("Install the agent of db01 (user mode)?");
        Assert.Equal(before, await host.SnapshotAsync());
        terminal.Press("C-u");
        terminal.Type("db01");
        terminal.Press("Enter");
        terminal.WaitFor("✓ up", 60);
        Assert.Contains("cc-agent daemon", await host.TableAsync(), StringComparison.Ordinal);
        int pid = await InstalledHost.DaemonPidAsync(console);
        string own = await host.DigestAsync();

        // What is there already is not planned.
        terminal.Press("i");
        terminal.WaitFor("db01: unchanged", 60);

        await console.GoodAsync("agent", "upgrade", "web01", "--release", $"{releases}/newer", "--yes");
        Assert.NotEqual(own, await host.DigestAsync());
        terminal.Press("j");
        terminal.Press("U");
        terminal.WaitFor("Upgrade the agent of web01 (user mode)?", 60);
        terminal.Press("Escape");
        terminal.WaitUntil(text => !text.Contains("Upgrade the agent of web01", StringComparison.Ordinal), "no question");
        Assert.NotEqual(own, await host.DigestAsync());
        terminal.Press("U");
        terminal.WaitFor("Upgrade the agent of web01 (user mode)?", 60);
        terminal.Press("Enter");
        terminal.WaitFor("web01: ", 60);
        terminal.WaitUntil(text => text.Contains(" answers", StringComparison.Ordinal), "that it answers", 60);
        Assert.Equal(own, await host.DigestAsync());
        Assert.NotEqual(pid, await InstalledHost.DaemonPidAsync(console));
        using JsonDocument status = JsonDocument.Parse((await console.GoodAsync("agent", "status", "web01", "--json")).Output);
        Assert.Equal("equal", status.RootElement.GetProperty("match").GetString());

        terminal.Press("x");
        terminal.WaitFor("Uninstall the agent of web01 (user mode)?", 60);
        terminal.Press("Enter");
        terminal.WaitFor("web01: the agent is gone", 60);
        Assert.Equal("", await host.TableAsync());
        Assert.Equal("absent", (await host.AsUserAsync($"test -e {host.Agent} || echo absent")).Trim());
        // Under either name, though it was taken away under only one of them.
        terminal.WaitUntil(
            text => text.Split('\n').Count(line => line.Contains("– absent", StringComparison.Ordinal) && line.Contains("no agent: its runs", StringComparison.Ordinal)) == 2,
            "both hosts without an agent", 60);

        terminal.Press("1");
        terminal.WaitFor("Fleet[2]");
        terminal.Press("q");
        terminal.WaitFor("Leave CcConsole?");
        terminal.Press("Enter");
        screen.Ended(0);
        // With the console its sessions end, also the one under the other name.
        await host.QuietAsync();
    }
}
