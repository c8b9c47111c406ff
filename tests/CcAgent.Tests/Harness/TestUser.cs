using System.Diagnostics;
using System.Globalization;

namespace CcAgent.Tests.Harness;

/// <summary>A user made for one test, with a home of its own; removed after, with all that it left.</summary>
internal sealed class TestUser : IDisposable
{
    private static int _count;

    internal TestUser()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"cct{System.Environment.ProcessId % 100000}x{Interlocked.Increment(ref _count)}");
        Home = Directory.CreateTempSubdirectory("cc-home-").FullName;
        Run("/usr/sbin/useradd", "--no-create-home", "--home-dir", Home, "--shell", "/bin/sh", Name);
        Uid = uint.Parse(Output("/usr/bin/id", "-u", Name), CultureInfo.InvariantCulture);
        Gid = uint.Parse(Output("/usr/bin/id", "-g", Name), CultureInfo.InvariantCulture);
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
        Run("/usr/sbin/userdel", Name);
        foreach (var folder in (string[])[Home, SocketFolder])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    internal static void Run(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
    }

    private static string Output(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
