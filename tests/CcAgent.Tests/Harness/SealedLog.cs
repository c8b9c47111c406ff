using System.Globalization;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>A daemon whose log is append-only, in a folder where that can be had, an ext4 image of the test's own; or where it cannot.</summary>
internal sealed class SealedLog : IAsyncDisposable
{
    private readonly SmallDisk _disk;

    private SealedLog(SmallDisk disk, RunningDaemon daemon) => (_disk, Daemon) = (disk, daemon);

    internal RunningDaemon Daemon { get; private set; }

    internal string Path => _disk.Path;

    internal string Socket => _disk.Socket;

    internal string Audit => Path + "/audit";

    internal string LastSegment => Directory.GetFiles(Audit, "*.jsonl").Order(StringComparer.Ordinal).Last();

    internal static async Task<SealedLog> StartAsync(string settings = "{\"watch\": false}", int megabytes = 16, string kind = "ext4")
    {
        var disk = await SmallDisk.MakeAsync(megabytes, kind, settings);
        try
        {
            return new SealedLog(disk, await RunningDaemon.StartInAsync(disk.Path, "--append-only"));
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>A daemon after the one before has ended.</summary>
    internal async Task RestartAsync()
    {
        await Daemon.DisposeAsync();
        Daemon = await RunningDaemon.StartInAsync(Path, "--append-only");
    }

    /// <summary>The process that seals: the daemon's only child.</summary>
    internal int Sealer
    {
        get
        {
            var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{Daemon.Pid}/task/{Daemon.Pid}/children"));
            return int.Parse(Assert.Single(children.Split(' ', StringSplitOptions.RemoveEmptyEntries)), CultureInfo.InvariantCulture);
        }
    }

    internal static async Task<bool> IsSealedAsync(string path) =>
        (await AgentProgram.ShellAsync($"lsattr -d {path}")).Output.Split(' ')[0].Contains('a', StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await _disk.DisposeAsync();
    }
}
