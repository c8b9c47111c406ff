using CcConsole.Demo;
using CcConsole.Fleet.Tests;
using Xunit;

namespace CcConsole.Tests.Demo;

public sealed class DemoHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cc-demo-").FullName;

    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(_folder, "*.jsonl", SearchOption.AllDirectories)) AppendOnly.Clear(file);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Its_agent_does_not_watch_this_machine_s_own_tables()
    {
        await using var host = new DemoHost("web01", _folder, RealAgent.Executable);
        await host.StartAsync(TestContext.Current.CancellationToken);

        // Where it watches, it keeps what it saw there, from before it can be reached.
        Assert.False(Path.Exists(Path.Combine(host.AgentFolder, "watch")));
        Assert.Single(Directory.EnumerateFiles(Path.Combine(host.AgentFolder, "audit")));
    }
}
