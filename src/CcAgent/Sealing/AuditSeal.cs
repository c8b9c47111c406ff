using CcAgent.Journal;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Sealing;

/// <summary>
/// What makes the audit log append-only, where that can be had: its directory, so that no file of it can be removed or
/// renamed, and each segment, so that nothing in it can be changed or cut.
/// </summary>
internal sealed class AuditSeal
{
    /// <summary>The state of a log that is append-only; any other says why it is not.</summary>
    internal const string On = "on";

    private readonly string? _why;
    private string? _directory;

    private AuditSeal(string? why) => _why = why;

    /// <param name="wanted">Whether the log is to be made append-only.</param>
    internal static AuditSeal For(bool wanted) => new(
        !wanted ? Libc.geteuid() == 0 ? "a directory named by --dir is append-only only with --append-only" : "only root may set the append-only attribute"
        : SealProcess.Begun ? null
        : !OperatingSystem.IsLinux() ? "this system has no append-only attribute that the agent knows"
        : !SealProcess.Available ? "the append-only attribute is set by an agent that was compiled ahead of time alone"
        : "only root may set the append-only attribute (CAP_LINUX_IMMUTABLE)");

    /// <summary>Makes a segment append-only, whose file is there; the answer is <see cref="On"/> or why it is not.</summary>
    internal string Apply(Segment segment)
    {
        var folder = Path.GetDirectoryName(segment.Path)!;
        if (_why is not null)
            // Root may have set it by hand.
            return AppendOnlyFlag.IsOn(folder) && AppendOnlyFlag.IsOn(segment.Path) ? On : _why;
        _directory ??= SealAll(folder);
        var state = Words(SealProcess.Seal(segment.Name));
        return state == On ? _directory : state;
    }

    /// <summary>Removes a segment that an audit.prune entry gives up.</summary>
    /// <param name="segment">What goes.</param>
    /// <param name="by">Where the entry is.</param>
    /// <param name="held">Where the console.pulled entry is that it names.</param>
    /// <param name="torn">Where the entry is that says where the segment has a torn end; null for none.</param>
    /// <exception cref="ProblemException">It is still there.</exception>
    internal void Remove(Segment segment, EntryPlace by, EntryPlace held, EntryPlace? torn)
    {
        var folder = Path.GetDirectoryName(segment.Path)!;
        int error;
        // Where the file system has no such attribute, there is nothing that holds the daemon from it.
        if (_why is null && (AppendOnlyFlag.IsOn(folder) || AppendOnlyFlag.IsOn(segment.Path)))
        {
            error = SealProcess.Remove(segment.Name, by, held, torn);
        }
        else
        {
            error = Libc.unlink(segment.Path) == 0 ? 0 : Libc.LastError;
            if (error == 0)
                AppendFile.SyncDirectory(folder);
        }

        if (error != 0 && error != Errno.NoEntry)
        {
            throw new ProblemException(
                $"{segment.Path} cannot be removed: {Libc.ErrorText(error)}", "it is tried again; see lsattr and chattr(1) where root has protected the log by hand");
        }
    }

    // A daemon that was ended in the middle of a removal, or begun when this could not be had, has left some without.
    private static string SealAll(string folder)
    {
        foreach (var segment in Segments.In(folder))
            _ = SealProcess.Seal(segment.Name);
        return Words(SealProcess.Seal("."));
    }

    private static string Words(int error) => error switch
    {
        0 => On,
        Errno.NotPermitted => "the append-only attribute may not be set here (CAP_LINUX_IMMUTABLE, or the file system)",
        Errno.NotTerminal or Errno.NotSupported => "the file system has no append-only attribute",
        _ => $"the append-only attribute cannot be set: {Libc.ErrorText(error)}",
    };
}
