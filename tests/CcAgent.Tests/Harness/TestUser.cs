using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace CcAgent.Tests.Harness;

/// <summary>A user made for one test, with a home of its own; removed after, with all that it left.</summary>
internal sealed class TestUser : IDisposable
{
    internal TestUser()
    {
        // The next free number would be that of a user whom another test has just removed, and with it what is named after the number in /tmp.
        Uid = (uint)RandomNumberGenerator.GetInt32(100_000, 1_000_000);
        Name = "cct" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        Home = Directory.CreateTempSubdirectory("cc-home-").FullName;
        Account(
            "/usr/sbin/useradd", "--no-create-home", "--home-dir", Home, "--shell", "/bin/sh", "--uid", Uid.ToString(CultureInfo.InvariantCulture),
            "-K", "UID_MAX=2000000", "-K", "GID_MAX=2000000", Name);
        Gid = uint.Parse(Execute("/usr/bin/id", "-g", Name).Output, CultureInfo.InvariantCulture);
        Run("/bin/chown", $"{Name}:", Home);
    }

    internal string Name { get; }

    internal string Home { get; }

    internal uint Uid { get; }

    internal uint Gid { get; }

    internal string SocketFolder => string.Create(CultureInfo.InvariantCulture, $"/tmp/cc-agent-{Uid}");

    internal string Data => Home + "/.local/state/croncommander";

    internal string[] SetPrivileges =>
        [string.Create(CultureInfo.InvariantCulture, $"--reuid={Uid}"), string.Create(CultureInfo.InvariantCulture, $"--regid={Gid}"), "--init-groups", "--"];

    /// <summary>As cron gives it: above all no XDG_STATE_HOME.</summary>
    internal Dictionary<string, string?> Environment { get; } = new()
    {
        ["HOME"] = null,
        ["XDG_STATE_HOME"] = null,
        ["LOGNAME"] = null,
        ["USER"] = null,
        ["DOTNET_CLI_HOME"] = null,
    };

    public void Dispose()
    {
        Run("/usr/bin/env", "crontab", "-u", Name, "-r");
        // Though a process of its own may only just be ending.
        Account("/usr/sbin/userdel", "--force", Name);
        foreach (var folder in (string[])[Home, SocketFolder])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Changes the accounts, whose files have one lock; other tests change them at the same time.</summary>
    internal static void Account(string program, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var (code, output, error) = Execute(program, arguments);
            if (code == 0)
                return;
            if (!error.Contains("lock", StringComparison.Ordinal) || clock.Elapsed > TimeSpan.FromSeconds(60))
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {code} {output}{error}");
            Execute("/bin/sleep", "0.1");
        }
    }

    internal static void Run(string path, params string[] arguments) => Execute(path, arguments);

    private static (int Code, string Output, string Error) Execute(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Trim(), error.Result);
    }
}
