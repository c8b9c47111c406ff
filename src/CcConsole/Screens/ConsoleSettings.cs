using CcConsole.Ssh;
using CcConsole.Store;

namespace CcConsole.Screens;

/// <summary>What the screens need to know of the machine and the person, besides the fleet.</summary>
internal sealed class ConsoleSettings
{
    private readonly Preferences _preferences;

    /// <param name="preferences">Where choices are remembered.</param>
    public ConsoleSettings(Preferences preferences) => _preferences = preferences;

    /// <summary>Whether only ASCII may be shown.</summary>
    public bool Ascii { get; init; }

    /// <summary>This machine's name, for the host that it is.</summary>
    public string MachineName { get; init; } = "local";

    /// <summary>The person's editor, a shell command; null when none is set.</summary>
    public string? Editor { get; init; }

    /// <summary>Where exported files go when only a name is given: the folder that the console was started in.</summary>
    public string WorkingDirectory { get; init; } = ".";

    /// <summary>The hosts that ssh_config names; called when they are asked for.</summary>
    public Func<IReadOnlyList<SshConfigHost>> SshHosts { get; init; } = () => [];

    /// <summary>In the demo: changes a host's own audit log, and says what was changed; null elsewhere.</summary>
    public Func<string, string>? Tamper { get; init; }

    /// <summary>A remembered choice; null when there is none.</summary>
    public string? Get(string key) => _preferences.Get(key);

    /// <summary>Remembers a choice.</summary>
    public void Set(string key, string value) => _preferences.Set(key, value);
}
