using System.Diagnostics;
using System.Text.Json;
using CcConsole.Tests.Shared;

namespace EndToEnd.Harness;

/// <summary>A person's home, fresh, from which the published console runs: settings, list of hosts and cache are its own.</summary>
internal sealed class ConsoleHome : IDisposable
{
    /// <param name="sshConfig">The ssh_config that the settings name; null for none.</param>
    public ConsoleHome(string? sshConfig = null)
    {
        // Short, because the paths of control sockets are limited to 108 bytes (unix(7)).
        Folder = Directory.CreateTempSubdirectory("cce-").FullName;
        Directory.CreateDirectory(Config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (sshConfig is not null) WriteConfig("settings.json", $"{{ \"sshConfig\": {JsonSerializer.Serialize(sshConfig)} }}\n");
    }

    public string Folder { get; }

    public string Config => Path.Combine(Folder, ".config/cc-console");

    public string State => Path.Combine(Folder, ".local/state/cc-console");

    /// <summary>What every run of the console gets.</summary>
    public Dictionary<string, string?> Environment { get; } = new()
    {
        ["XDG_CONFIG_HOME"] = "",
        ["XDG_STATE_HOME"] = "",
        ["XDG_RUNTIME_DIR"] = "",
        ["SSH_AUTH_SOCK"] = "",
        ["LANG"] = "C.UTF-8",
        ["TERM"] = "dumb",
    };

    public void WriteConfig(string name, string text)
    {
        string path = Path.Combine(Config, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Runs the console; its input is empty and no terminal.</summary>
    public Task<ProgramResult> RunAsync(params string[] arguments) =>
        ProgramRun.RunAsync(Published.Console, arguments, new Dictionary<string, string?>(Environment) { ["HOME"] = Folder }, directory: Folder, seconds: 120);

    /// <summary>Starts the console, for a test that ends it; what it prints is dropped.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1", Published.Console, .. arguments]) { WorkingDirectory = Folder };
        foreach ((string name, string? value) in Environment) start.Environment[name] = value;
        start.Environment["HOME"] = Folder;
        return Process.Start(start)!;
    }

    /// <summary>Runs the console, which must end well.</summary>
    public async Task<ProgramResult> GoodAsync(params string[] arguments)
    {
        ProgramResult run = await RunAsync(arguments);
        return run.Code == 0 ? run : throw new Xunit.Sdk.XunitException($"cc-console {string.Join(' ', arguments)}: {run}");
    }

    /// <summary>A console whose terminal went away may still be closing its files: the folder is removed when it is done.</summary>
    public void Dispose()
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 1200)
            {
                Thread.Sleep(50);
            }
        }
    }
}
