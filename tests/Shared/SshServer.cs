#pragma warning disable CA1416 // sshd, useradd and /proc: Linux only
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CcConsole.TestSupport;

/// <summary>
/// A real sshd on loopback, with a port, host key, account and files of its own. The account has /bin/sh and no
/// password. Needs root and OpenSSH's server; what it makes is gone after disposing. Link it into a test project with
/// <c>&lt;Compile Include="../Shared/SshServer.cs" /&gt;</c>.
/// </summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly string[] _settings;
    private readonly string[] _enter;
    private Process? _sshd;
    private Task _logging = Task.CompletedTask;
    private readonly StringBuilder _log = new();
    private bool _ownsUser;

    private SshServer(string user, string directory, string[] settings, string[] enter)
    {
        User = user;
        Directory = directory;
        _settings = settings;
        _enter = enter;
    }

    /// <summary>The name under which <see cref="ConfigFile"/> knows the server.</summary>
    public const string Alias = "web01";

    public string User { get; }

    /// <summary>Everything of the server and client is here; readable by all, as sshd's children need it.</summary>
    public string Directory { get; }

    public int Port { get; private set; }

    /// <summary>The account's home.</summary>
    public string Home => Path.Combine(Directory, "home");

    /// <summary>For <c>ssh -F</c>: knows the alias, the key, and <see cref="KnownHosts"/>.</summary>
    public string ConfigFile => Path.Combine(Directory, "ssh_config");

    public string KnownHosts => Path.Combine(Directory, "known_hosts");

    public string AuthorizedKeys => Path.Combine(Directory, "authorized_keys");

    /// <summary>The private key that is let in.</summary>
    public string ClientKey => Path.Combine(Directory, "client_key");

    public string HostKey => Path.Combine(Directory, "host_key");

    /// <summary>For control sockets: mode 0700, short.</summary>
    public string ControlDirectory => Path.Combine(Directory, "c");

    /// <summary>How the host is named in known_hosts.</summary>
    public string KnownName => $"[127.0.0.1]:{Port}";

    /// <summary>What sshd has said so far (LogLevel VERBOSE).</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Connections that were let in, as far as sshd's log has been read.</summary>
    public int Logins => Log.Split("Accepted publickey for ").Length - 1;

    /// <summary>Connections that were let in until now: all that sshd has said before is in the log when it tells of ours.</summary>
    public async Task<int> LoginsAsync()
    {
        using TcpClient mark = new();
        await mark.ConnectAsync(IPAddress.Loopback, Port);
        int port = ((IPEndPoint)mark.Client.LocalEndPoint!).Port;
        await SaidAsync($"Connection from 127.0.0.1 port {port} ");
        return Logins;
    }

    /// <summary>Starts a server.</summary>
    /// <param name="settings">Lines of sshd_config, before ours, so that they win.</param>
    public static Task<SshServer> StartAsync(params string[] settings) => StartAsync(null, [], settings);

    /// <summary>Starts a server in a mount namespace that another process holds; an account that is there is let in.</summary>
    /// <param name="enter">What runs a command in the namespace: <c>nsenter -t PID -m --</c>.</param>
    /// <param name="user">The account that the alias logs in to. The one who made it removes it.</param>
    /// <param name="settings">As above.</param>
    public static Task<SshServer> StartWithinAsync(string[] enter, string user, params string[] settings) => StartAsync(user, enter, settings);

    private static async Task<SshServer> StartAsync(string? user, string[] enter, string[] settings)
    {
        string id = Guid.NewGuid().ToString("N")[..8];
        string directory = Path.Combine("/tmp", $"ccs-{id}");
        System.IO.Directory.CreateDirectory(directory, (UnixFileMode)0b111_101_101);
        SshServer server = new(user ?? $"ccs{id}", directory, settings, enter) { _ownsUser = user is null };
        try
        {
            if (server._ownsUser)
                await AccountAsync("useradd", "-d", server.Home, "-m", "-s", "/bin/sh", "-p", "*", server.User);
            await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", server.HostKey);
            await RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", server.ClientKey);
            File.Copy(server.ClientKey + ".pub", server.AuthorizedKeys);
            File.SetUnixFileMode(server.AuthorizedKeys, (UnixFileMode)0b110_100_100);
            server.Port = FreePort();
            for (int attempt = 1; !await server.TryStartAsync() && attempt < 10; attempt++)
                server.Port = FreePort();
            if (server._sshd is null)
                throw new InvalidOperationException($"sshd ended: {server.Log}");
            server.TrustHostKey();
            await File.WriteAllTextAsync(server.ConfigFile, $"""
                Host {Alias}
                    HostName 127.0.0.1
                    Port {server.Port}
                    User {server.User}
                    IdentityFile {server.ClientKey}
                    IdentitiesOnly yes
                    IdentityAgent none
                    UserKnownHostsFile {server.KnownHosts}
                    GlobalKnownHostsFile none

                """);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes known_hosts with the server's key alone.</summary>
    public void TrustHostKey() => TrustOnly(HostKey + ".pub");

    /// <summary>Writes known_hosts with this public key alone.</summary>
    public void TrustOnly(string publicKeyFile)
    {
        string[] key = File.ReadAllText(publicKeyFile).Split(' ');
        File.WriteAllText(KnownHosts, $"{KnownName} {key[0]} {key[1].Trim()}\n");
    }

    /// <summary><c>SHA256:…</c> of a public key file, by ssh-keygen.</summary>
    public static async Task<string> FingerprintAsync(string publicKeyFile) =>
        (await RunAsync("ssh-keygen", "-lf", publicKeyFile)).Split(' ')[1];

    /// <summary>Starts sshd on the same port with the same files; again after <see cref="StopAsync"/>.</summary>
    public async Task StartAsync()
    {
        if (!await TryStartAsync())
            throw new InvalidOperationException($"sshd ended: {Log}");
    }

    // False when another has taken the port meanwhile.
    private async Task<bool> TryStartAsync()
    {
        string config = Path.Combine(Directory, "sshd_config");
        await File.WriteAllLinesAsync(config,
        [
            .. _settings,
            $"Port {Port}",
            "ListenAddress 127.0.0.1",
            $"HostKey {HostKey}",
            "PidFile none",
            "UsePAM no",
            "StrictModes no",
            $"AuthorizedKeysFile {AuthorizedKeys}",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitUserEnvironment no",
            "MaxStartups 100",
            "LogLevel VERBOSE",
        ]);
        // sshd's own empty directory for separated privileges; Debian makes it at boot, a container has no boot.
        System.IO.Directory.CreateDirectory("/run/sshd", (UnixFileMode)0b111_101_101);
        string[] command = [.. _enter, "/usr/sbin/sshd", "-f", config, "-D", "-e"];
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardInput = true };
        _sshd = Process.Start(start) ?? throw new InvalidOperationException("sshd was not started");
        int from = Log.Length;
        _logging = ReadLogAsync(_sshd.StandardError);
        if (await SaidAsync($"Server listening on 127.0.0.1 port {Port}.", from))
            return true;
        await _sshd.WaitForExitAsync();
        _sshd.Dispose();
        _sshd = null;
        return Log[from..].Contains("Address already in use", StringComparison.Ordinal) ? false : throw new InvalidOperationException($"sshd ended: {Log}");
    }

    /// <summary>Waits until sshd has said something; false when it ended without.</summary>
    private async Task<bool> SaidAsync(string text, int from = 0)
    {
        for (int i = 0; i < 2400; i++)
        {
            bool ended = _logging.IsCompleted;
            if (Log[from..].Contains(text, StringComparison.Ordinal))
                return true;
            if (ended)
                return false;
            await Task.Delay(25);
        }
        throw new TimeoutException($"sshd has not said \"{text}\" within 60 s: {Log}");
    }

    /// <summary>Ends the listener and every connection.</summary>
    public async Task StopAsync()
    {
        if (_sshd is null)
            return;
        // While it is stopped, nobody who was cut off comes back.
        Signal(_sshd.Id, "STOP");
        await CutAsync();
        _sshd.Kill();
        await _sshd.WaitForExitAsync();
        _sshd.Dispose();
        _sshd = null;
    }

    /// <summary>Cuts every connection of the account without a word; the commands on them live on. The listener stays.</summary>
    public Task CutAsync()
    {
        foreach (int connection in Children(_sshd!.Id).ToArray())
        {
            // One that is just letting somebody in starts no process for them any more.
            Signal(connection, "STOP");
            foreach (int process in Children(connection).Append(connection).ToArray())
            {
                // Since OpenSSH 9.8 sshd-session and sshd-auth.
                if (NameOf(process).StartsWith("sshd", StringComparison.Ordinal))
                    Kill(process);
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>Numbers of the account's processes whose command line holds the text.</summary>
    public async Task<int[]> ProcessesAsync(string text)
    {
        string list = await RunAsync("ps", "-eo", "pid=,user:32=,args=");
        return [.. list.Split('\n')
            .Select(line => line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 3 && parts[1] == User && parts[2].Contains(text, StringComparison.Ordinal))
            .Select(parts => int.Parse(parts[0], CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsUser)
        {
            // Until none is left that one of them has started meanwhile, or that has not come to its end yet.
            for (int i = 0; i < 1200 && (await ProcessesAsync("")).Where(process => Status(process) is [not "Z", ..]).ToArray() is { Length: > 0 } left; i++)
            {
                Array.ForEach(left, Kill);
                await Task.Delay(50);
            }
            await AccountAsync("userdel", "-f", User);
        }
        await _logging.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {process.ExitCode} {await error}");
    }

    /// <summary>Runs useradd, usermod or userdel: the account files have one lock, and other tests change accounts at the same time.</summary>
    public static async Task AccountAsync(string program, params string[] arguments)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(program, arguments);
                return;
            }
            catch (InvalidOperationException e) when (attempt < 600 && e.Message.Contains("lock", StringComparison.Ordinal))
            {
                await Task.Delay(100);
            }
        }
    }

    // None that the system gives to a connection while this server is away for a moment (ip_local_port_range begins at 32768).
    private static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 32_000);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private async Task ReadLogAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_log)
                _log.AppendLine(line);
        }
    }

    private static IEnumerable<int> Children(int parent)
    {
        foreach (string directory in System.IO.Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), out int process) && Status(process) is { } status
                && int.Parse(status[1], CultureInfo.InvariantCulture) == parent)
                yield return process;
        }
    }

    // /proc/PID/stat after the name in parentheses: state, parent (proc(5)).
    private static string[]? Status(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Signal(int process, string name)
    {
        using Process kill = Process.Start(new ProcessStartInfo("kill", ["-s", name, process.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    private static void Kill(int process)
    {
        try
        {
            using var victim = Process.GetProcessById(process);
            victim.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It ended by itself.
        }
    }
}
