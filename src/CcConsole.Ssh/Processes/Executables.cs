namespace CcConsole.Ssh;

/// <summary>Finds programs as a shell does (POSIX, "Command Search and Execution").</summary>
internal static class Executables
{
    private static readonly Lazy<string?> NewSession = new(() => Find("setsid"));

    /// <summary>
    /// The setsid of util-linux, null where there is none (macOS). What is started by it has no controlling terminal,
    /// so that nothing can draw over the screen, and leads a process group that can be ended as one.
    /// </summary>
    internal static string? Setsid => NewSession.Value;

    /// <summary>The path of a program, null when there is none: a name with a slash is a path already.</summary>
    internal static string? Find(string name)
    {
        if (name.Contains('/'))
            return IsExecutable(name) ? name : null;
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':'))
        {
            string path = Path.Combine(directory.Length == 0 ? "." : directory, name);
            if (IsExecutable(path))
                return path;
        }
        return null;
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
