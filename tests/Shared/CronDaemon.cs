using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CcConsole.Tests.Shared;

/// <summary>A user that exists only within a <see cref="CronDaemon"/>'s namespace.</summary>
public sealed record CronUser(string Name, int Uid, string Home);

/// <summary>How a command within the namespace ended.</summary>
public sealed record CronResult(int ExitCode, byte[] Output, byte[] Error)
{
    public string OutputText => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Error);
}

/// <summary>
/// Debian's real cron and crontab in a mount namespace of their own: a private spool, private /etc (a copy, so that
/// users can be added), private /run. The machine's own tables, users and daemon are not touched. Needs root.
/// A process that waits on its standard input holds the namespace, so it ends with the test run, whatever happens.
/// </summary>
public sealed class CronDaemon : IAsyncDisposable
{
    private const string Setup = """
        set -e
        mount --make-rprivate /
        mount -t tmpfs -o mode=755 none "$1/etc"
        # Another test may be adding a user just now: its short-lived files may be gone when cp comes to them.
        cp -a /etc/. "$1/etc/" 2>/dev/null || cp -a /etc/. "$1/etc/" 2>/dev/null || test -s "$1/etc/passwd"
        rm -f "$1"/etc/*.lock "$1"/etc/*[+-] "$1"/etc/cron.d/* "$1"/etc/cron.d/.placeholder "$1/etc/cron.allow" "$1/etc/cron.deny"
        : >"$1/etc/crontab"
        mount --bind "$1/etc" /etc
        mount -t tmpfs -o mode=1730 none /var/spool/cron/crontabs
        chgrp crontab /var/spool/cron/crontabs
        mount -t tmpfs -o mode=755 none /run
        mkdir -m 755 /run/sshd
        echo ready
        exec cat
        """;

    private readonly Process _holder;
    private readonly List<CronUser> _users = [];
    private Process? _daemon;

    private CronDaemon(Process holder, string root) => (_holder, Root) = (holder, root);

    /// <summary>A temporary folder that everyone may enter; the users' homes are in it.</summary>
    public string Root { get; }

    /// <summary>The process that holds the namespace: <c>nsenter -t PID -m</c> enters it.</summary>
    public int NamespacePid => _holder.Id;

    public static async Task<CronDaemon> CreateAsync()
    {
        var root = Directory.CreateTempSubdirectory("cc-cron-").FullName;
        File.SetUnixFileMode(root, (UnixFileMode)Convert.ToInt32("755", 8));
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        var holder = Process.Start(Info("unshare", ["-m", "/bin/sh", "-c", Setup, "sh", root]))!;
        var line = await holder.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (line != "ready")
        {
            string said = await holder.StandardError.ReadToEndAsync();
            holder.Dispose();
            Directory.Delete(root, recursive: true);
            throw new InvalidOperationException("No namespace: " + said);
        }

        return new CronDaemon(holder, root);
    }

    /// <summary>Adds a user with a home of its own, whose login shell is /bin/sh.</summary>
    public async Task<CronUser> AddUserAsync(string prefix = "cct")
    {
        // The uid is random, because /tmp, and with it what is named after a uid there, is shared by all tests.
        var user = new CronUser(prefix + RandomNumberGenerator.GetHexString(6, lowercase: true), RandomNumberGenerator.GetInt32(100_000, 1_000_000), "");
        user = user with { Home = Path.Combine(Root, user.Name) };
        var uid = user.Uid.ToString(CultureInfo.InvariantCulture);
        var result = await RunAsync(["useradd", "-M", "-K", "UID_MAX=2000000", "-u", uid, "-U", "-d", user.Home, "-s", "/bin/sh", user.Name]);
        Require(result, "useradd");
        Require(await RunAsync(["install", "-d", "-m", "700", "-o", uid, "-g", uid, user.Home]), "install");
        _users.Add(user);
        return user;
    }

    /// <summary>Runs a program within the namespace, as root or as a user, with a bound on its time.</summary>
    public Task<CronResult> RunAsync(IEnumerable<string> command, CronUser? user = null, byte[]? input = null, int timeoutSeconds = 60) =>
        RunProcessAsync(Start(command, user), input, timeoutSeconds);

    /// <summary>Starts a program within the namespace; the caller ends it.</summary>
    public Process Start(IEnumerable<string> command, CronUser? user = null)
    {
        List<string> arguments = ["-t", NamespacePid.ToString(CultureInfo.InvariantCulture), "-m", "--"];
        if (user is not null)
        {
            var uid = user.Uid.ToString(CultureInfo.InvariantCulture);
            arguments.AddRange(["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "env", "-i", "HOME=" + user.Home,
                "USER=" + user.Name, "LOGNAME=" + user.Name, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"]);
        }

        arguments.AddRange(command);
        return Process.Start(Info("nsenter", arguments))!;
    }

    /// <summary>Installs a user's table with the real crontab.</summary>
    public async Task InstallAsync(CronUser user, byte[] table) =>
        Require(await RunAsync(["crontab", "-u", user.Name, "-"], input: table), "crontab");

    /// <summary>Starts the daemon. The first start within a namespace runs the @reboot entries at once.</summary>
    public void StartDaemon()
    {
        _daemon = Start(["cron", "-f"]);
        _daemon.StandardInput.Close();
    }

    /// <summary>Ends the daemon; jobs that run go on.</summary>
    public async Task StopDaemonAsync()
    {
        if (_daemon is { } daemon)
        {
            _daemon = null;
            daemon.Kill();
            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopDaemonAsync();
        await EndAllAsync();
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync();
        _holder.Dispose();
        foreach (var user in _users)
        {
            if (Path.Combine("/tmp", string.Create(CultureInfo.InvariantCulture, $"cc-crontab-lock-{user.Uid}")) is var folder && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        for (var tries = 0; ; tries++)
        {
            try
            {
                Directory.Delete(Root, recursive: true);
                return;
            }
            catch (IOException) when (tries < 1200)
            {
                // A job that goes on has made a file meanwhile.
                await Task.Delay(50);
            }
        }
    }

    // Jobs that went on, and what they left: they would write into what is deleted. The holder lives, so the namespace's number is its own.
    private async Task EndAllAsync()
    {
        var own = NamespaceOf(NamespacePid);
        for (var clock = Stopwatch.StartNew(); own is not null && clock.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(20))
        {
            int[] left = [.. Directory.GetDirectories("/proc").Select(Path.GetFileName)
                .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != NamespacePid && NamespaceOf(pid) == own)];
            if (left.Length == 0)
            {
                return;
            }

            foreach (var pid in left)
            {
                try
                {
                    using var process = Process.GetProcessById(pid);
                    process.Kill();
                }
                catch (Exception e) when (e is ArgumentException or InvalidOperationException)
                {
                    // It has ended by itself.
                }
            }
        }
    }

    // Null for one that has ended.
    private static string? NamespaceOf(int pid) => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/mnt")).LinkTarget;

    private static async Task<CronResult> RunProcessAsync(Process process, byte[]? input, int timeoutSeconds)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(timeoutSeconds));
        using (process)
        {
            try
            {
                using var output = new MemoryStream();
                using var error = new MemoryStream();
                var reading = Task.WhenAll(
                    process.StandardOutput.BaseStream.CopyToAsync(output, bound.Token), process.StandardError.BaseStream.CopyToAsync(error, bound.Token));
                try
                {
                    await process.StandardInput.BaseStream.WriteAsync(input ?? [], bound.Token);
                    process.StandardInput.Close();
                }
                catch (IOException)
                {
                    // The program ended without reading its input: its exit code says how.
                }

                await reading;
                await process.WaitForExitAsync(bound.Token);
                return new CronResult(process.ExitCode, output.ToArray(), error.ToArray());
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }

    private static ProcessStartInfo Info(string file, IEnumerable<string> arguments) => new(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static void Require(CronResult result, string what)
    {
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{what}: {result.ErrorText}");
        }
    }
}
