using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;

namespace CcConsole.Demo;

/// <summary>
/// A throwaway fleet on this machine: a folder of its own with three hosts, their agents, a scheduler, and the
/// console's own state. Nothing outside the folder is touched, and disposing it removes it.
/// </summary>
internal sealed class DemoFleet : IAsyncDisposable
{
    /// <summary>A Unix socket's path must fit in sockaddr_un (unix(7)); the names below the folder need the rest.</summary>
    private const int LongestFolder = 70;

    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder;

    /// <summary>A host tells by its processes whether a cron daemon runs, and the demo's scheduler is none: this stands for it, and ends with the demo.</summary>
    private readonly LocalShell _shell = new("demo");
    private ICommandStream? _daemon;
    private Task _scheduling = Task.CompletedTask;

    private DemoFleet(string folder)
    {
        _folder = folder;
        string agent = Path.Combine(folder, "cc-agent");
        EmbeddedAgent.WriteTo(agent);
        Web = new DemoHost("web01", folder, agent, "shop");
        Database = new DemoHost("db01", folder, agent, "shop", "prod");
        Mail = new DemoHost("mail01", folder, agent);
        Cron = new DemoCron(Hosts, TimeProvider.System);
        Places = new Places(Path.Combine(folder, "state"), Path.Combine(folder, "config"), Path.Combine(folder, "run"));
    }

    /// <summary>The machine's own tables are no part of the demo.</summary>
    public static Settings Settings { get; } = new() { LookHours = 0 };

    public DemoHost Web { get; }

    public DemoHost Database { get; }

    public DemoHost Mail { get; }

    public IReadOnlyList<DemoHost> Hosts => [Web, Database, Mail];

    public DemoCron Cron { get; }

    /// <summary>The console's folders within the demo.</summary>
    public Places Places { get; }

    /// <summary>Makes the folder, the tables and the list of hosts, and starts the agents and the scheduler.</summary>
    /// <exception cref="ProblemException">The folder cannot be used, or an agent does not start.</exception>
    public static async Task<DemoFleet> StartAsync(CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("cc-demo-").FullName;
        if (folder.Length > LongestFolder)
        {
            Directory.Delete(folder);
            throw new ProblemException($"The folder for temporary files has too long a path for sockets: {folder}", "set TMPDIR to a shorter one, such as /tmp");
        }
        DemoFleet? fleet = null;
        try
        {
            fleet = new DemoFleet(folder);
            await fleet.PrepareAsync(cancellation);
            return fleet;
        }
        catch
        {
            if (fleet is not null) await fleet.DisposeAsync();
            else Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Tampers with a host's audit log; says what was changed.</summary>
    public string Tamper(string host) => $"the exit code of entry #{Hosts.Single(known => known.Name == host).Tamper()} was changed on the host";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _scheduling;
        if (_daemon is { } daemon) await daemon.DisposeAsync();
        await _shell.DisposeAsync();
        foreach (DemoHost host in Hosts) await host.DisposeAsync();
        foreach (string file in Directory.EnumerateFiles(_folder, "*.jsonl", SearchOption.AllDirectories)) AppendOnly.Clear(file);
        Directory.Delete(_folder, recursive: true);
        _stop.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(Web.TablePath, $"""
            # The shop's front end
            MAILTO=ops@example.org

            #cc: name=disk
            */5 * * * * {Web.Wrapped("disk", "df -P / | tail -n 1")}
            # since 2019, ask Kim before touching
            17 3 * * sun	find "$HOME" -name '*.tmp' -mtime +30 -print
            #cc-paused 0 4 * * * /usr/local/bin/reindex --full

            """, cancellation);
        await File.WriteAllTextAsync(Database.TablePath, $"""
            #cc: name=dump
            * * * * * {Database.Wrapped("dump", "echo \"dump: connecting to app\"; echo \"dump: role 'backup' may not read table 'orders'\" >&2; exit 1")}
            #cc: name=vacuum
            */2 * * * * {Database.Wrapped("vacuum", "sleep 0.2; echo \"42 pages freed (7%)\"")}

            """, cancellation);
        await File.WriteAllTextAsync(Mail.TablePath, $"""
            #cc: name=queue
            * * * * * {Mail.Wrapped("queue", "echo \"3 messages deferred, 0 active\"")}

            """, cancellation);

        Directory.CreateDirectory(Places.Config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var list = new HostsFile(Path.Combine(Places.Config, "hosts.json"));
        foreach (DemoHost host in Hosts) list.Add(host.Entry);
        string daemon = Path.Combine(_folder, "cron");
        await File.WriteAllTextAsync(daemon, "#!/bin/sh\nread -r end\n", cancellation);
        File.SetUnixFileMode(daemon, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _daemon = await _shell.OpenAsync($"exec {DemoHost.Quote(daemon)}", cancellation: cancellation);
        await Task.WhenAll(Hosts.Select(host => host.StartAsync(cancellation)));
        await Cron.RunAllOnceAsync(cancellation);
        _scheduling = Cron.RunAsync(_stop.Token);
    }
}
