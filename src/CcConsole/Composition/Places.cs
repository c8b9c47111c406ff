using CcConsole.Core;

namespace CcConsole.Composition;

/// <summary>
/// Where the console keeps things, by the XDG Base Directory Specification: a variable that is not an
/// absolute path is ignored. Nothing is made here.
/// </summary>
/// <param name="State">The cache and conflict evidence.</param>
/// <param name="Config">hosts.json, settings.json and the person's themes.</param>
/// <param name="Runtime">Sockets of this login: the SSH master connections.</param>
internal sealed record Places(string State, string Config, string Runtime)
{
    private const string Program = "cc-console";

    /// <summary>The cache.</summary>
    public string Cache => Path.Combine(State, "cache.db");

    /// <summary>The person's own themes.</summary>
    public string Themes => Path.Combine(Config, "themes");

    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="ProblemException">Neither the variables nor HOME say where.</exception>
    public static Places From(Func<string, string?> variable)
    {
        string state = Of("XDG_STATE_HOME", ".local/state");
        return new Places(state, Of("XDG_CONFIG_HOME", ".config"), Absolute("XDG_RUNTIME_DIR") is { } runtime ? Path.Combine(runtime, Program) : Path.Combine(state, "run"));

        string Of(string name, string fallback) => Path.Combine(
            Absolute(name) ?? (Absolute("HOME") is { } home ? Path.Combine(home, fallback) : throw NoHome(name)), Program);

        string? Absolute(string name) => variable(name) is { Length: > 0 } path && Path.IsPathRooted(path) ? path : null;
    }

    private static ProblemException NoHome(string name) =>
        new("There is no home folder: HOME is not set", $"set HOME, or {name}, to an absolute path");
}
