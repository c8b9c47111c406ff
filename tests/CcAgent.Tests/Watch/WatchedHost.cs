using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;

namespace CcAgent.Tests.Watch;

/// <summary>A host of its own with Debian's cron, and the agent's daemon on it.</summary>
internal sealed partial class WatchedHost : IAsyncDisposable
{
    /// <summary>
    /// Seconds within which a daemon has looked: ten after the last change of any table on the host, which in user mode other tests make too,
    /// or a minute after the first; on a busy machine.
    /// </summary>
    internal const int Looked = 150;

    private RunningDaemon? _daemon;

    private WatchedHost(CronDaemon cron, SecureFolder folder) => (Cron, Folder) = (cron, folder);

    internal CronDaemon Cron { get; }

    internal SecureFolder Folder { get; }

    internal string State => Folder.Path + "/watch/state.json";

    internal static async Task<WatchedHost> CreateAsync() => new(await CronDaemon.CreateAsync(), new SecureFolder());

    internal async Task StartAgentAsync()
    {
        _daemon = await RunningDaemon.StartWithinAsync(Cron.NamespacePid, AgentProgram.Path, "daemon", "--dir", Folder.Path);
        await Eventually.TrueAsync(() => File.Exists(State), "a first look at the tables", 60);
    }

    internal async Task StopAgentAsync()
    {
        await _daemon!.StopAsync();
        await _daemon.DisposeAsync();
        _daemon = null;
    }

    internal async Task KillAgentAsync()
    {
        await _daemon!.KillAsync();
        await _daemon.DisposeAsync();
        _daemon = null;
    }

    internal async Task ShellAsync(string script)
    {
        var result = await Cron.RunAsync(["/bin/sh", "-ec", script]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException(result.ErrorText);
    }

    internal string Wrapped(string schedule, string job, string command = "true") =>
        $"{schedule} {AgentProgram.Path} exec --job-id '{job}' --socket-path '{Folder.Socket}' -- /bin/sh -c '{command}'\n";

    internal async Task<List<JsonElement>> EntriesAsync(string name) =>
        [.. (await AgentProgram.EntriesAsync(Folder.Path)).Where(entry => entry.GetProperty("event").GetString() == name)];

    /// <summary>Waits until there are so many entries of a kind.</summary>
    internal async Task<List<JsonElement>> EntriesAsync(string name, int count, int seconds = Looked)
    {
        List<JsonElement> entries = [];
        for (var i = 0; i < seconds; i++)
        {
            entries = await EntriesAsync(name);
            if (entries.Count >= count)
                return entries;
            await Task.Delay(1000);
        }

        throw new InvalidOperationException($"{entries.Count} entries {name}, not {count}");
    }

    /// <summary>Makes the watch believe that it has seen the tables, and has judged everything, at that time for the last time.</summary>
    internal void SetBack(DateTimeOffset until, string? boot = null, string? end = null)
    {
        var micros = (until - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var state = Until().Replace(File.ReadAllText(State), string.Create(CultureInfo.InvariantCulture, $"\"until\":{micros}"));
        state = boot is null ? state : Boot().Replace(state, $"\"boot\":\"{boot}\"");
        state = End().Replace(state, end is null ? "\"end\":null" : $"\"end\":\"{end}\"");
        File.WriteAllText(State, state);
        File.SetLastWriteTimeUtc(State, until.UtcDateTime);
        foreach (var table in Directory.GetFiles(Folder.Path + "/watch", "*.table"))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(table));
            text = Since().Replace(text, string.Create(CultureInfo.InvariantCulture, $"\"since\":{micros - 3_600_000_000}"), 1);
            File.WriteAllBytes(table, Encoding.Latin1.GetBytes(text));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        await Cron.DisposeAsync();
        Folder.Dispose();
    }

    [GeneratedRegex("\"until\":\\d+")]
    private static partial Regex Until();

    [GeneratedRegex("\"since\":\\d+")]
    private static partial Regex Since();

    [GeneratedRegex("\"boot\":\"[^\"]*\"")]
    private static partial Regex Boot();

    [GeneratedRegex("\"end\":(null|\"[^\"]*\")")]
    private static partial Regex End();
}
