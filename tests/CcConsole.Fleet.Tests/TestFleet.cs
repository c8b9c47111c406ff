using System.Collections.Concurrent;
using System.Diagnostics;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Fleet.Tests;

/// <summary>
/// A fleet in a folder of its own, its hosts on this machine: each has a home and a <c>crontab</c> of its own. What is shown here is
/// the console's side; the real crontab is in the tests of Core and of EndToEnd.
/// </summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private readonly List<FleetControl> _controls = [];

    public string Root { get; } = Directory.CreateTempSubdirectory("cc-fleet-").FullName;

    /// <summary>Shells that a test puts in the way, by host.</summary>
    public ConcurrentDictionary<string, Func<IHostShell, IHostShell>> Wraps { get; } = new();

    /// <summary>For hosts that are reached by ssh.</summary>
    public string? SshConfig { get; set; }

    public string StateDirectory => Path.Combine(Root, "state");

    public string ConfigDirectory => Path.Combine(Root, "config");

    public FleetControl Open(bool readOnly = false, Func<FleetOptions, FleetOptions>? change = null)
    {
        Func<HostEntry, IHostShell> shells = HostShells.Create(new SshOptions(Path.Combine(Root, "control")) { ConfigFile = SshConfig });
        FleetOptions options = new()
        {
            StateDirectory = StateDirectory,
            ConfigDirectory = ConfigDirectory,
            Shells = host => Wraps.TryGetValue(host.Name, out Func<IHostShell, IHostShell>? wrap) ? wrap(shells(host)) : shells(host),
            Actor = "alice",
            Origin = "laptop",
            ReadOnly = readOnly,
            // The hosts of these tests are on this machine, whose own tables are none of theirs.
            LookInterval = null,
            PollInterval = TimeSpan.FromMilliseconds(500),
            Policy = new HostPolicyOptions { FirstDelay = TimeSpan.FromMilliseconds(5), FailuresToSuspend = 1000 },
        };
        FleetControl control = FleetControl.Open(change is null ? options : change(options));
        _controls.Add(control);
        return control;
    }

    /// <summary>A host with a table; null for none. It is not added to a list.</summary>
    public HostEntry MakeHost(string name, string? table = null, string? agentPath = null, params string[] tags)
    {
        string home = Home(name), bin = Path.Combine(home, "bin");
        Directory.CreateDirectory(bin);
        Script.Write(Path.Combine(bin, "crontab"), """
            #!/bin/sh
            # Keeps one table in a file, and speaks as debian's crontab does.
            t=$HOME/table
            case $1 in
            -l) if [ -e "$HOME/refuse" ]; then echo "You ($(id -un)) are not allowed to use this program (crontab)" >&2; exit 1; fi
                if [ -e "$t" ]; then cat "$t"; else echo "no crontab for $(id -un)" >&2; exit 1; fi ;;
            -r) rm -f "$t" ;;
            -) if [ -e "$HOME/full" ]; then echo "crontab: write error: No space left on device" >&2; exit 1; fi
               cat >"$t.new" && mv "$t.new" "$t"
               if [ -e "$HOME/rival" ]; then mv "$HOME/rival" "$t"; fi ;;
            -V) echo "crontab: usage error: unrecognized option" >&2; echo " -n (dry run: checks the syntax, then bails out)" >&2; exit 1 ;;
            *) exit 1 ;;
            esac
            """);
        if (table is not null)
        {
            File.WriteAllText(TablePath(name), table);
        }

        return new HostEntry
        {
            Name = name,
            Destination = HostEntry.LocalDestination,
            Tags = tags,
            AgentPath = agentPath,
            Environment = new Dictionary<string, string> { ["HOME"] = home, ["PATH"] = $"{bin}:/usr/bin:/bin", ["XDG_STATE_HOME"] = Path.Combine(home, "state") },
        };
    }

    public string Home(string host) => Path.Combine(Root, "hosts", host);

    public string TablePath(string host) => Path.Combine(Home(host), "table");

    public string Table(string host) => File.ReadAllText(TablePath(host));

    /// <summary>Runs a program that must succeed.</summary>
    public static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Alters the cache behind the console's back, until it is disposed of.</summary>
    public async Task<IAsyncDisposable> SqlAsync(string now, string atTheEnd)
    {
        await RunSqlAsync(now);
        return new Restored(() => RunSqlAsync(atTheEnd));
    }

    private async Task RunSqlAsync(string sql)
    {
        using Process sqlite = Process.Start(new ProcessStartInfo("sqlite3") { ArgumentList = { "-cmd", ".timeout 60000", Path.Combine(StateDirectory, "cache.db"), sql } })!;
        await sqlite.WaitForExitAsync();
        Assert.Equal(0, sqlite.ExitCode);
    }

    private sealed class Restored(Func<Task> restore) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await restore();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FleetControl control in _controls)
        {
            await control.DisposeAsync();
        }

        for (long begun = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
                return;
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(60))
            {
                // What a host's session was at comes to its end on the host, and may make a file meanwhile.
                await Task.Delay(50);
            }
        }
    }
}
