using System.Diagnostics;
using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;

namespace CcConsole.Demo;

/// <summary>
/// One host of the demo: a folder with a home, a table, a crontab(1) over that table, and a real agent.
/// To the fleet it is a host like any other on this machine.
/// </summary>
internal sealed class DemoHost : IAsyncDisposable
{
    /// <summary>crontab(1) as Debian's behaves, over one file: what a host must have to be edited.</summary>
    private const string Crontab = """
        #!/bin/sh
        # Lists and installs the table of a demo host.
        table=${0%/*}/../table
        case $1 in
        -l) if test -f "$table"; then cat "$table"; else echo "no crontab for $LOGNAME" >&2; exit 1; fi ;;
        -) cat >"$table.new" && mv "$table.new" "$table" ;;
        -r) rm "$table" ;;
        *) echo "usage: crontab [ -l | -r | - ]" >&2; exit 1 ;;
        esac

        """;

    /// <summary>Three of them start at once, on whatever machine that is.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly string _agent;
    private readonly LocalShell _shell;
    private ICommandStream? _daemon;

    /// <param name="name">The host's name.</param>
    /// <param name="parent">The demo's folder.</param>
    /// <param name="agent">The agent's path.</param>
    /// <param name="tags">Its tags in the fleet.</param>
    public DemoHost(string name, string parent, string agent, params string[] tags)
    {
        Name = name;
        _folder = Path.Combine(parent, name);
        _agent = agent;
        foreach (string folder in (string[])[_folder, Home, Path.Combine(_folder, "bin"), AgentFolder])
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string crontab = Path.Combine(_folder, "bin", "crontab");
        File.WriteAllText(crontab, Crontab);
        File.SetUnixFileMode(crontab, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // What the agent would watch are this machine's own tables, which are no part of the demo; the one here is not where cron has them.
        File.WriteAllText(Path.Combine(AgentFolder, "settings.json"), """{"watch": false}""");
        Entry = new HostEntry
        {
            Name = name,
            Destination = HostEntry.LocalDestination,
            Tags = tags,
            AgentPath = agent,
            AgentDir = AgentFolder,
            SocketPath = Socket,
            Environment = new Dictionary<string, string>
            {
                ["HOME"] = Home,
                ["PATH"] = $"{Path.Combine(_folder, "bin")}:/usr/local/bin:/usr/bin:/bin",
            },
        };
        _shell = new LocalShell(name, Entry.Environment.ToDictionary(pair => pair.Key, string? (pair) => pair.Value), Home);
    }

    public string Name { get; }

    /// <summary>The host as the fleet lists it.</summary>
    public HostEntry Entry { get; }

    public string Home => Path.Combine(_folder, "home");

    /// <summary>The table, as cron reads it.</summary>
    public string TablePath => Path.Combine(_folder, "table");

    public string AgentFolder => Path.Combine(_folder, "agent");

    private string Socket => Path.Combine(AgentFolder, "cc-agent.sock");

    /// <summary>The part of a line that runs a command through this host's agent.</summary>
    public string Wrapped(string jobId, string command) =>
        Encoding.UTF8.GetString(CommandWrapper.Wrap(new WrappedCommand(_agent, jobId, Socket, [], command)));

    /// <summary>Starts the agent's daemon, and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _daemon = await _shell.OpenAsync($"exec {Quote(_agent)} daemon --dir {Quote(AgentFolder)}", cancellation: cancellation);
        // It says so: its socket has a name before anybody is served.
        for (var clock = Stopwatch.StartNew(); _daemon.Error.Span.IndexOf("cc-agent: ready"u8) < 0;)
        {
            if (_daemon.Exit.IsCompleted || clock.Elapsed > LongestStart)
                throw new Core.ProblemException($"The agent of {Name} did not start: {CcConsole.Ssh.Plain.Line(_daemon.Error.Span)}", $"try by hand: {_agent} daemon --dir {AgentFolder}");
            await Task.Delay(25, cancellation);
        }
    }

    /// <summary>Ends the agent's daemon: the host is as if it were switched off.</summary>
    public async Task StopAsync()
    {
        if (_daemon is { } daemon) await daemon.DisposeAsync();
        _daemon = null;
    }

    /// <summary>
    /// Does what an intruder with the agent's powers would: changes the exit code of one recorded run in the
    /// middle of the host's audit log. Gives the number of the entry.
    /// </summary>
    public long Tamper()
    {
        string segment = Directory.EnumerateFiles(Path.Combine(AgentFolder, "audit"), "*.jsonl").Order(StringComparer.Ordinal).Last();
        AppendOnly.Clear(segment);
        using var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] text = new byte[file.Length];
        file.ReadExactly(text);
        ReadOnlySpan<byte> mark = "\"exit_code\": "u8;
        int at = text.AsSpan().IndexOf(mark);
        if (at < 0) throw new Core.ProblemException($"No run is recorded on {Name} yet, so there is nothing to tamper with", "wait for the first run, then try again");
        file.Position = at + mark.Length;
        file.WriteByte(text[at + mark.Length] == (byte)'0' ? (byte)'7' : (byte)'0');
        return text.AsSpan(0, at).Count((byte)'\n');
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _shell.DisposeAsync();
    }

    internal static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
