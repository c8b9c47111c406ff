using CcAgent.Journal;
using CcAgent.Native;

namespace CcAgent.Sealing;

/// <summary>What makes the files of the audit log append-only, where that can be had.</summary>
internal sealed class AuditSeal
{
    /// <summary>The state of a log that is append-only; any other says why it is not.</summary>
    internal const string On = "on";

    private readonly string? _why;

    private AuditSeal(string? why) => _why = why;

    /// <param name="wanted">Whether the log is to be made append-only.</param>
    internal static AuditSeal For(bool wanted) => new(
        wanted ? null
        : Libc.geteuid() == 0 ? "a directory named by --dir is append-only only with --append-only"
        : "only root may set the append-only attribute");

    /// <summary>Makes a segment append-only, whose file is there; the answer is <see cref="On"/> or why it is not.</summary>
    internal string Apply(Segment segment)
    {
        if (_why is not null)
            return _why;
        var fd = Libc.open(segment.Path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
            return $"{segment.Path}: {Libc.ErrorText(Libc.LastError)}";
        var state = AppendOnlyFlag.Set(fd);
        _ = Libc.close(fd);
        return state;
    }
}
