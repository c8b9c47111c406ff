using CcAgent.Sealing;

namespace CcAgent.Journal;

/// <summary>The segment that the chain is being written to.</summary>
internal sealed class CurrentSegment : IDisposable
{
    private readonly string _directory;
    private readonly AuditSeal _seal;
    private AppendFile _file = null!;

    /// <param name="directory">Where the segments lie.</param>
    /// <param name="seal">What makes them append-only.</param>
    internal CurrentSegment(string directory, AuditSeal seal) => (_directory, _seal) = (directory, seal);

    /// <summary>Which it is.</summary>
    internal Segment Place { get; private set; }

    /// <summary>How many bytes it has.</summary>
    internal long Length => _file.Length;

    /// <summary>"on", or why it is not append-only.</summary>
    internal string AppendOnly { get; private set; } = "off";

    /// <summary>The one before it that holds anything; null when there is none.</summary>
    internal Segment? Before =>
        Segments.In(_directory).FindLast(s => (s.First, s.Attempt).CompareTo((Place.First, Place.Attempt)) < 0 && s.Bytes > 0) is { Path: not null } before ? before : null;

    /// <summary>Goes on in a segment; its name is on disk on return, whether or not its making came so far.</summary>
    /// <exception cref="CcConsole.Core.ProblemException">It cannot be opened or made.</exception>
    internal void Use(Segment segment)
    {
        _file?.Dispose();
        var file = AppendFile.Open(segment.Path, 0x1A0);
        Place = segment;
        AppendOnly = _seal.Apply(segment);
        _file = file;
        AppendFile.SyncDirectory(_directory);
    }

    /// <summary>Begins a new one; its name is on disk on return.</summary>
    /// <param name="first">The sequence number of its first entry.</param>
    /// <exception cref="CcConsole.Core.ProblemException">It cannot be made.</exception>
    internal void Begin(long first)
    {
        _file?.Dispose();
        Use(Segments.Begin(_directory, first));
    }

    /// <inheritdoc cref="AppendFile.Write"/>
    internal void Write(ReadOnlySpan<byte> bytes) => _file.Write(bytes);

    /// <inheritdoc cref="AppendFile.Sync"/>
    internal void Sync() => _file.Sync();

    public void Dispose() => _file?.Dispose();
}
