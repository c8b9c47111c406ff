using System.Diagnostics;
using System.Globalization;
using EndToEnd.Harness;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>The agent's daemon on a record.</summary>
internal sealed class AgentRun : IAsyncDisposable
{
    private static readonly string Offset = (Manipulation.HoursAhead * 3600).ToString(CultureInfo.InvariantCulture);

    private readonly Process _daemon;
    private readonly bool _forked;

    /// <summary>What sets the monotonic clock ahead for a program: the machine's own is left alone (time_namespaces(7)).</summary>
    public static readonly string[] Ahead = ["unshare", "-T", "--monotonic", Offset, "--boottime", Offset, "--fork", "--kill-child"];

    private AgentRun(Process daemon, bool forked) => (_daemon, _forked) = (daemon, forked);

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="host">Whose agent.</param>
    /// <param name="record">Its record.</param>
    /// <param name="ahead">Whether its monotonic clock is ahead, in a time namespace of its own.</param>
    /// <exception cref="InvalidOperationException">It did not start: of a record that was tampered with that may be its answer.</exception>
    public static async Task<AgentRun> StartAsync(PreparedHost host, string record, bool ahead = false)
    {
        Process daemon = host.Start([.. ahead ? Ahead : [], Published.Agent, "daemon", "--dir", record, "--settings", host.SettingsFile]);
        await StartingDaemon.ReadyAsync(daemon);
        return new AgentRun(daemon, ahead);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _daemon.Kill();
        await EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        string id = _daemon.Id.ToString(CultureInfo.InvariantCulture);
        // What went into another namespace is a child of who made that.
        if (_forked)
            id = (await File.ReadAllTextAsync($"/proc/{id}/task/{id}/children")).Trim();
        using (Process kill = Process.Start("kill", ["-TERM", id])) await kill.WaitForExitAsync();
        await EndedAsync();
    }

    private async Task EndedAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _daemon.WaitForExitAsync(limit.Token);
        _daemon.Dispose();
    }
}
