namespace CcAgent.Serve;

/// <summary>
/// The file that this process runs, as the kernel names it (proc(5), /proc/pid/exe): one that was removed, or that another was put
/// in the place of, is named otherwise. Where there is no /proc it is not known.
/// </summary>
internal sealed class OwnExecutable
{
    private const string Gone = " (deleted)";

    private readonly string? _place = Name() is var name && name?.EndsWith(Gone, StringComparison.Ordinal) == true ? name[..^Gone.Length] : name;

    /// <summary>Whether it is no longer in the place that it was started from.</summary>
    internal bool IsReplaced => Name() != _place;

    private static string? Name() => OperatingSystem.IsLinux() ? new FileInfo("/proc/self/exe").LinkTarget : null;
}
