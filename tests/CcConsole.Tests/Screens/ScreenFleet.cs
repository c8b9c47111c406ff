using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Reports;
using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;
using CcConsole.Screens;
using CcConsole.Ssh;
using CcConsole.Store.Chains;
using CcConsole.Store.Hosts;
using CcConsole.Store.Reports;
using CcConsole.Tui.App;
using CcConsole.Tui.Testing;

namespace CcConsole.Tests.Screens;

/// <summary>A real fleet in a folder of its own, its hosts on this machine, each with a home and a <c>crontab</c> of its own, and the console on it.</summary>
internal sealed class ScreenFleet : IAsyncDisposable
{
    private static readonly ConditionalWeakTable<ScreenDriver, Shell> Shells = [];

    private readonly List<IDisposable> _drivers = [];
    private Process? _cron;
    private FleetControl? _control;

    public string Root { get; } = Directory.CreateTempSubdirectory("cc-screens-").FullName;

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 3, 2, 14, 2, 0, TimeSpan.Zero));

    public bool ReadOnly { get; init; }

    public string? Editor { get; init; }

    public IReadOnlyList<SshConfigHost> SshHosts { get; init; } = [];

    /// <summary>Hosts that do not answer.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>What a command on a host waits for, after an agent was looked for there and before the tables are read; null for nothing.</summary>
    public Func<Task>? BeforeTables { get; set; }

    /// <summary>What the answer of a command on a host waits for; null for nothing.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>The console that was started last.</summary>
    public Shell? Shell { get; private set; }

    public FleetControl Control => _control ??= FleetControl.Open(new FleetOptions
    {
        StateDirectory = Path.Combine(Root, "state"),
        ConfigDirectory = Path.Combine(Root, "config"),
        Shells = host => new GateShell(new LocalShell(host.Name, host.Environment?.ToDictionary(pair => pair.Key, string? (pair) => pair.Value)), this),
        Actor = "alice",
        Origin = "laptop",
        ReadOnly = ReadOnly,
        Time = Time,
        // The hosts of these tests are on this machine, whose own tables are none of theirs.
        LookInterval = null,
        StaleAfter = TimeSpan.FromHours(3),
    });

    /// <summary>The console on a terminal of this size.</summary>
    public ScreenDriver Start(int width = 80, int height = 24, bool ascii = false)
    {
        var driver = new ScreenDriver(
            application => Shell = ConsoleApp.Create(application, Control, new ConsoleSettings(Control.Cache.Preferences)
            {
                Ascii = ascii,
                MachineName = "laptop",
                Editor = Editor,
                WorkingDirectory = Root,
                SshHosts = () => SshHosts,
            }),
            width, height, new ApplicationOptions { Ascii = ascii, Themes = ThemeFiles.Load(Path.Combine(Root, "themes"), out _), Theme = "terminal" });
        _drivers.Add(driver);
        Shells.Add(driver, Shell!);
        return driver;
    }

    /// <summary>The console on a terminal.</summary>
    public static Shell ShellOf(ScreenDriver screen) => Shells.TryGetValue(screen, out var shell) ? shell : throw new ArgumentException("no fleet's", nameof(screen));

    /// <summary>A host with a table; null for none.</summary>
    public ScreenFleet Host(string name, string? table = null, params string[] tags) => Host(name, host => host, table, tags);

    /// <summary>A host with a table, changed before it is added.</summary>
    public ScreenFleet Host(string name, Func<HostEntry, HostEntry> change, string? table = null, params string[] tags)
    {
        StartCron();
        string home = Home(name), bin = Path.Combine(home, "bin");
        Directory.CreateDirectory(bin);
        var crontab = Path.Combine(bin, "crontab");
        File.WriteAllText(crontab, """
            #!/bin/sh
            t=$HOME/table
            case $1 in
            -l) if [ -e "$t" ]; then cat "$t"; else echo "no crontab for $(id -un)" >&2; exit 1; fi ;;
            -) cat >"$t.new" && mv "$t.new" "$t" ;;
            -r) rm -f "$t" ;;
            *) echo "crontab: usage error: unrecognized option" >&2; echo " -n (dry run: checks the syntax, then bails out)" >&2; exit 1 ;;
            esac
            """);
        File.SetUnixFileMode(crontab, (UnixFileMode)0b111_101_101);
        // The zone is read from where /etc/localtime points: the screens must not depend on the machine's.
        var readlink = Path.Combine(bin, "readlink");
        File.WriteAllText(readlink, "#!/bin/sh\necho /usr/share/zoneinfo/UTC\n");
        File.SetUnixFileMode(readlink, (UnixFileMode)0b111_101_101);
        if (table is not null)
            File.WriteAllText(Path.Combine(home, "table"), table);
        Control.Hosts.Add(change(new HostEntry
        {
            Name = name,
            Destination = HostEntry.LocalDestination,
            Tags = tags,
            Environment = new Dictionary<string, string> { ["HOME"] = home, ["PATH"] = $"{bin}:/usr/bin:/bin" },
        }));
        Control.Monitor.Publish();
        return this;
    }

    /// <summary>
    /// A host as the cache knows it after a visit a while ago, whatever machine the tests run on; a cause makes it one that was not
    /// reached since.
    /// </summary>
    public ScreenFleet Known(string name, string table, TimeSpan ago = default, string? cause = null, params string[] tags) =>
        Known(name, table, "cron (debian)", ago, cause, tags);

    /// <summary>As above, with the cron daemon in the words of a visit.</summary>
    public ScreenFleet Known(string name, string table, string daemon, TimeSpan ago = default, string? cause = null, params string[] tags)
    {
        var then = Time.GetUtcNow() - ago;
        Control.Cache.Hosts.Save(new HostState
        {
            Host = name,
            State = cause is null ? "ok" : "offline",
            Cause = cause,
            Hint = cause is null ? null : "Check that sshd runs there.",
            AttemptedAt = Time.GetUtcNow(),
            ContactedAt = then,
            FailingSince = cause is null ? null : then,
            RoundTrip = TimeSpan.FromMilliseconds(12),
            Daemon = daemon,
            Dialect = "debian",
            Zone = "UTC",
        });
        Control.Cache.Hosts.SaveTable(new HostTable(name, "root", Encoding.UTF8.GetBytes(table), then));
        return Host(name, table, tags);
    }

    /// <summary>Asks all hosts once, and waits for it.</summary>
    public async Task<ScreenFleet> VisitAsync()
    {
        await Control.Monitor.RefreshAsync();
        return this;
    }

    /// <summary>A run in the cache, as a host would have reported it.</summary>
    public ScreenFleet Report(string host, string jobId, int exitCode, TimeSpan ago, string output = "", string error = "", string? refused = null, bool lost = false)
    {
        var start = Time.GetUtcNow() - ago;
        var seq = (Control.Cache.Reports.LastSeq(host) ?? -1) + 1;
        var report = new RecordedReport(seq, (start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, 0,
            new ExecutionReport(jobId, $"/opt/{jobId}", exitCode, output, error, start, 3200, 0, "root") { Refused = refused, Lost = lost ? true : null });
        Control.Cache.Reports.Add([new StoredReport
        {
            Host = host,
            Seq = seq,
            JobId = jobId,
            StartedAt = start,
            Duration = TimeSpan.FromMilliseconds(3200),
            ExitCode = exitCode,
            Refused = refused,
            IsLost = lost,
            Json = JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.RecordedReport),
        }]);
        return this;
    }

    /// <summary>A verified copy of a host's chain in the cache; one entry can be altered afterwards, one tell of a missed run, one of an edit; with a key announced in one, the next one signs all up to it.</summary>
    public ScreenFleet Chain(string host, int entries, int? altered = null, int? missed = null, string reason = "the host was down", int? edited = null, TimeSpan? ago = null, int? signed = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var encoder = new EntryEncoder("c0ffee00c0ffee00", 0, default);
        using var key = SigningKey.Create(Checkpoint.OfHost(encoder.ChainId));
        using var next = SigningKey.Create(key.Verifier.Name);
        var genesis = encoder.AppendGenesis(buffer, host, "boot", Micros(0), 0, signed is null ? null : key.Verifier);
        for (var i = 1; i < entries; i++)
        {
            if (i == missed)
            {
                encoder.Append(buffer, AuditEvents.JobMissed, Micros(i), i * 1_000_000L, new AuditMember("job_id", "backup"), new AuditMember("reason", reason),
                    new AuditMember("due", "2026-03-02T03:15:00Z"), new AuditMember("count", 1));
                continue;
            }
            if (i == edited)
            {
                encoder.Append(buffer, AuditEvents.CrontabEdited, Micros(i), i * 1_000_000L, new AuditMember("actor", "alice"), new AuditMember("table", "root"),
                    new AuditMember("diff", "@@ -1 +1 @@\n-0 2 * * * /opt/backup\n+0 3 * * * /opt/backup\n"));
                continue;
            }
            if (i == signed)
            {
                encoder.Append(buffer, AuditEvents.KeyNext, Micros(i), i * 1_000_000L, new AuditMember("vkey", next.Verifier.Text));
                continue;
            }
            if (i == signed + 1)
            {
                var tree = new CompactRange();
                foreach (var line in Encoding.ASCII.GetString(buffer.WrittenSpan).TrimEnd('\n').Split('\n'))
                    tree.Append(MerkleHash.Leaf(Encoding.ASCII.GetBytes(line)));
                encoder.Append(buffer, AuditEvents.Checkpoint, Micros(i), i * 1_000_000L, new AuditMember("note", key.Sign(new Checkpoint(key.Verifier.Name, i, tree.Root)).Format()));
                continue;
            }
            encoder.Append(buffer, i % 2 == 0 ? AuditEvents.JobFinished : AuditEvents.JobStarted, Micros(i), i * 1_000_000L,
                new AuditMember("job_id", "backup"), new AuditMember("user", "root"), new AuditMember("exit_code", i % 10 == 0 ? 1 : 0));
        }
        var lines = Encoding.ASCII.GetString(buffer.WrittenSpan).TrimEnd('\n').Split('\n');
        var verifier = ChainVerifier.Start();
        verifier.Append(buffer.WrittenSpan);
        if (altered is { } bad)
            lines[bad] = lines[bad].Replace("backup", "backuq", StringComparison.Ordinal);
        Control.Cache.Chains.Append(
            new ChainHead
            {
                Host = host,
                Chain = encoder.ChainId,
                Seq = entries - 1,
                Offset = buffer.WrittenCount,
                Hash = encoder.Head.ToString(),
                GenesisHash = genesis.ToString(),
                Continuation = verifier.Known.Text,
                PulledAt = Time.GetUtcNow() - (ago ?? TimeSpan.FromHours(2)),
                Verdict = "OK",
                SignedSince = signed is null ? null : 0,
                CheckpointSeq = signed + 1,
                CheckpointAt = signed is { } at ? DateTimeOffset.UnixEpoch.AddTicks(Micros(at + 1) * 10) : null,
            },
            [.. lines.Select((line, seq) => new ChainLine(seq, Encoding.ASCII.GetBytes(line)))], null);
        return this;

        long Micros(int i) => ((Time.GetUtcNow() - TimeSpan.FromHours(3)).ToUnixTimeSeconds() + i) * 1_000_000;
    }

    /// <summary>Entries that a pull brings to the copy of a host's chain; the last one can be altered.</summary>
    public ScreenFleet Grow(string host, int entries, bool altered = false)
    {
        var head = Control.Cache.Chains.Head(host)!;
        var encoder = new EntryEncoder(head.Chain, head.Seq + 1, Hash32.Parse(head.Hash));
        var buffer = new ArrayBufferWriter<byte>();
        for (var i = 1; i <= entries; i++)
            encoder.Append(buffer, AuditEvents.JobStarted, Time.GetUtcNow().ToUnixTimeSeconds() * 1_000_000, (head.Seq + i) * 1_000_000, new AuditMember("job_id", "backup"));
        var verifier = ChainVerifier.Start(KnownChain.Parse(head.Continuation!));
        verifier.Append(buffer.WrittenSpan);
        var lines = Encoding.ASCII.GetString(buffer.WrittenSpan).TrimEnd('\n').Split('\n');
        if (altered)
            lines[^1] = lines[^1].Replace("backup", "backuq", StringComparison.Ordinal);
        Control.Cache.Chains.Append(
            head with
            {
                Seq = encoder.NextSeq - 1,
                Offset = head.Offset + buffer.WrittenCount,
                Hash = encoder.Head.ToString(),
                PulledAt = Time.GetUtcNow(),
                Continuation = verifier.Known.Text,
            },
            [.. lines.Select((line, i) => new ChainLine(head.Seq + 1 + i, Encoding.ASCII.GetBytes(line)))], head);
        Control.Monitor.Publish(host);
        return this;
    }

    /// <summary>A process that is called cron: whether one runs is looked up among all of the machine's, and the screens must not depend on that.</summary>
    private void StartCron()
    {
        if (_cron is not null)
            return;
        var cron = Path.Combine(Root, "cron");
        // A link: a copy that another test's new process still holds open for writing, as it comes between, cannot be run (ETXTBSY).
        File.CreateSymbolicLink(cron, "/bin/sleep");
        _cron = Process.Start(cron, "600");
    }

    public string Home(string host) => Path.Combine(Root, "hosts", host);

    public string Table(string host) => File.ReadAllText(Path.Combine(Home(host), "table"));

    public void SetTable(string host, string table) => File.WriteAllText(Path.Combine(Home(host), "table"), table, new UTF8Encoding(false));

    public async ValueTask DisposeAsync()
    {
        foreach (var driver in _drivers)
            driver.Dispose();
        if (_control is not null)
            await _control.DisposeAsync();
        if (_cron is not null)
        {
            _cron.Kill();
            await _cron.WaitForExitAsync();
            _cron.Dispose();
        }
        for (var i = 0; ; i++)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
                return;
            }
            catch (IOException) when (i < 600)
            {
                // What was still under way when the test ended has written something more.
                await Task.Delay(100);
            }
        }
    }

    /// <summary>A shell that does not answer while its host is down.</summary>
    private sealed class GateShell(IHostShell inner, ScreenFleet fleet) : IHostShell
    {
        public string Host => inner.Host;

        public async Task<CommandResult> RunAsync(string command, ReadOnlyMemory<byte> input, CommandOptions? options, CancellationToken cancellation)
        {
            Check();
            // Not on the screen's thread, which the test has stopped while it waits.
            if (fleet.BeforeTables is { } wait)
                await wait().ConfigureAwait(false);
            var answer = await inner.RunAsync(command, input, options, cancellation).ConfigureAwait(false);
            if (fleet.BeforeAnswer is { } hold)
                await hold().ConfigureAwait(false);
            return answer;
        }

        public Task<ICommandStream> OpenAsync(string command, CommandOptions? options, CancellationToken cancellation)
        {
            Check();
            return inner.OpenAsync(command, options, cancellation);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private void Check()
        {
            if (fleet.Down.Contains(Host))
                throw new HostProblemException(Host, HostProblemKind.ConnectionRefused, $"{Host} refuses the connection", "Check that sshd runs there.");
        }
    }
}
