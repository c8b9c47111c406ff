using System.Diagnostics;
using System.Globalization;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>
/// A host's record as it stands at the time T, in several segments: written by a real agent that signs, pulled by a real console some time
/// before. Older states of it are kept, as a backup would.
/// </summary>
internal sealed class PreparedHost
{
    /// <summary>Checkpoints every few entries, and segments of 128 KiB.</summary>
    private const string Settings = """{ "audit": { "checkpointEntries": 8, "maxMegabytes": 1 } }""";

    private readonly CronDaemon _space;
    private readonly string _folder;

    private PreparedHost(CronDaemon space, string name, CronUser? user) => (_space, _folder, User) = (space, Path.Combine(space.Root, name), user);

    /// <summary>Whose agent it is; null for root's.</summary>
    public CronUser? User { get; }

    /// <summary>The record at T.</summary>
    public string AtT => Path.Combine(_folder, "t");

    /// <summary>The record before the console's pull.</summary>
    public string BeforePull => Path.Combine(_folder, "before");

    /// <summary>The record after the pull and before T, with the keys of then.</summary>
    public string AfterPull => Path.Combine(_folder, "after");

    /// <summary>What someone got hold of who may not: an old log and head file, for everyone to read.</summary>
    public string Stolen => Path.Combine(_folder, "stolen");

    /// <summary>The log of T with an entry changed and all after it hashed again, for everyone to read.</summary>
    public string Rehashed => Path.Combine(_folder, "rehashed");

    /// <summary>The home of the console that has pulled.</summary>
    public string Home => Path.Combine(_folder, "home");

    public IReadOnlyList<string> Lines { get; private set; } = [];

    /// <summary>How many entries the console has.</summary>
    public int Pulled { get; private set; }

    public static async Task<PreparedHost> CreateAsync(CronDaemon space, string name, CronUser? user = null)
    {
        var host = new PreparedHost(space, name, user);
        string own = user is null ? "" : $"-o {user.Uid} -g {user.Uid}";
        await ShellAsync(space, $$"""
            install -d -m 755 {{own}} {{host._folder}} {{host.Live}} && install -d -m 700 {{own}} {{host.Home}} {{host.Home}}/.config {{host.Home}}/.config/cc-console
            """);
        string file = Path.Combine(host.Home, ".config/cc-console/hosts.json");
        File.WriteAllText(file, $$"""{ "hosts": [ { "name": "web01", "destination": "local", "agentPath": "{{Published.Agent}}", "agentDir": "{{host.Live}}" } ] }""");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ShellAsync(space, host.Given(file));

        await using (await AgentRun.StartAsync(host, host.Live)) await host.JobsAsync(host.Live, 8);
        await host.CopyAsync(host.Live, host.BeforePull);
        await using (await AgentRun.StartAsync(host, host.Live))
        {
            await host.JobsAsync(host.Live, 8);
            ProgramResult pull = await host.ConsoleAsync(host.Home, "audit", "pull", "web01");
            if (pull.Code != 0)
                throw new InvalidOperationException(pull.ToString());
            // The entry about the pull itself came after it.
            host.Pulled = int.Parse(pull.Output.Split('–')[1].Split(',')[0], CultureInfo.InvariantCulture) + 1;
            await host.JobsAsync(host.Live, 8);
        }

        await host.CopyAsync(host.Live, host.AfterPull);
        AgentRun last = await AgentRun.StartAsync(host, host.Live);
        await host.JobsAsync(host.Live, 14);
        await last.KillAsync();
        await host.CopyAsync(host.Live, host.AtT);
        host.Lines = RecordFiles.Read(host.AtT);
        await ShellAsync(space, $"mkdir {host.Stolen} && cp -r {host.BeforePull}/audit {host.BeforePull}/audit-state/head {host.Stolen} && cp -r {host.AtT} {host.Rehashed}");
        List<string> changed = [.. host.Lines];
        changed[5] = LineText.With(changed[5], "timestamp", "1700000000.5");
        LineText.Rehash(changed, 5);
        RecordFiles.Write(host.Rehashed, changed, merge: false);
        await ShellAsync(space, $"chmod -R a+rX {host.Stolen} {host.Rehashed}");
        return host;
    }

    private string Live => Path.Combine(_folder, "live");

    public Task<ProgramResult> ConsoleAsync(string home, params string[] arguments) =>
        RunAsync(["env", $"HOME={home}", "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR=", "LANG=C.UTF-8", "TERM=dumb", Published.Console, .. arguments]);

    /// <summary>Runs a program as the one whose agent it is.</summary>
    public Task<ProgramResult> RunAsync(string[] command) => InsideAsync(_space, [.. User is { } user ? As(user.Uid, user.Uid) : [], .. command]);

    /// <summary>What makes a program run as a user.</summary>
    public static string[] As(int uid, int gid) =>
        ["setpriv", "--reuid", uid.ToString(CultureInfo.InvariantCulture), "--regid", gid.ToString(CultureInfo.InvariantCulture), "--clear-groups"];

    /// <summary>Gives files to the one whose agent it is.</summary>
    public string Given(string path) => User is { } user ? $"chown -R {user.Uid}:{user.Uid} {path}" : ":";

    public static Task<ProgramResult> InsideAsync(CronDaemon space, string[] command) =>
        ProgramRun.RunAsync("nsenter", ["-t", space.NamespacePid.ToString(CultureInfo.InvariantCulture), "-m", "--", .. command]);

    public static async Task ShellAsync(CronDaemon space, string script)
    {
        ProgramResult run = await InsideAsync(space, ["/bin/sh", "-ec", script]);
        if (run.Code != 0)
            throw new InvalidOperationException($"{script}: {run}");
    }

    /// <summary>Copies a record: what it holds, not that it may only be appended to.</summary>
    public Task CopyAsync(string from, string to) => ShellAsync(_space, $"cp -a {from} {to} && rm -f {to}/*.sock");

    /// <summary>Runs jobs with long commands, each character six bytes of its entry, so that segments fill.</summary>
    public async Task JobsAsync(string record, int count)
    {
        ProgramResult jobs = await RunAsync(["/bin/sh", "-ec",
            $"i=0; while [ $i -lt {count} ]; do {Published.Agent} exec --job-id job-$((i % 5)) --socket-path {record}/cc-agent.sock -- /bin/sh -c \"exit $((i % 2)) # {new string('é', 1500)}\" || :; i=$((i + 1)); done"]);
        if (jobs.Code != 0)
            throw new InvalidOperationException(jobs.ToString());
    }

    /// <summary>Starts a program, and gives who has to end it.</summary>
    public Process Start(string[] command) => _space.Start([.. User is { } user ? As(user.Uid, user.Uid) : [], .. command]);

    /// <summary>The agent's settings, for all hosts.</summary>
    public static async Task WriteSettingsAsync(CronDaemon space)
    {
        await File.WriteAllTextAsync(SettingsOf(space), Settings);
        await ShellAsync(space, $"chmod 644 {SettingsOf(space)}");
    }

    public string SettingsFile => SettingsOf(_space);

    private static string SettingsOf(CronDaemon space) => Path.Combine(space.Root, "settings.json");
}
