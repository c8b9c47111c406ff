using CcConsole.Fleet;
using CcConsole.Ssh;

namespace CcConsole.Screens;

/// <summary>With what the console starts. The composition root finds the folders; the screens look at no environment themselves.</summary>
internal sealed record ConsoleStart
{
    /// <summary>Opens the fleet: the cache, no host. Given: how ssh's questions reach the person.</summary>
    public required Func<Func<AskpassPrompt, CancellationToken, Task<string?>>, FleetControl> OpenFleet { get; init; }

    /// <summary>The environment: TERM, COLORTERM, NO_COLOR, LANG, EDITOR, VISUAL.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The person's home folder.</summary>
    public required string Home { get; init; }

    /// <summary>The folder with the person's own themes; need not exist.</summary>
    public required string ThemesDirectory { get; init; }

    /// <summary>This machine's name.</summary>
    public required string MachineName { get; init; }

    /// <summary>The folder that the console was started in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The ssh configuration that hosts are found in; null for <c>~/.ssh/config</c>.</summary>
    public string? SshConfigFile { get; init; }

    /// <summary>The theme of the settings, used until another one is picked; null for the terminal's own colours.</summary>
    public string? Theme { get; init; }

    /// <summary>Whether a linear report is wanted instead of the screen.</summary>
    public bool Plain { get; init; }

    /// <summary>Whether the linear report is wanted as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Where the linear report goes.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where is told what could not be recorded, when the screen is gone.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Cancelled by Ctrl+C and SIGTERM while there is no screen.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>In the demo: changes a host's own audit log; null elsewhere.</summary>
    public Func<string, string>? Tamper { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
