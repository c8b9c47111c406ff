using System.IO.Compression;
using CcConsole.Core;
using CcConsole.Core.Audit.Segments;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>
/// A chain where a person has it: a file, standard input (<c>-</c>), or a folder of segments, as <c>audit</c> on a host is or was
/// copied. Files that gzip(1) has compressed are read as what they hold.
/// </summary>
internal sealed class ChainSource : IDisposable
{
    private const string StandardInput = "-";
    private const string Compressed = ".gz";

    private readonly SegmentedChainStream? _segments;

    private ChainSource(Stream stream, long? bytes, long first, SegmentedChainStream? segments) => (Stream, Bytes, First, _segments) = (stream, bytes, first, segments);

    /// <summary>The lines.</summary>
    public Stream Stream { get; }

    /// <summary>How many bytes they are; null when that shows only at their end.</summary>
    public long? Bytes { get; }

    /// <summary>Sequence number that the first line has by its file's name; 0 where the name does not say.</summary>
    public long First { get; }

    /// <summary>Ends of segments that no entry attests. After the last line was read.</summary>
    public IReadOnlyList<TornEnd> NotAttested => _segments?.NotAttested ?? [];

    /// <summary>Opens what a person named.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="isChain">Whether it is known to be a chain, whatever is in it now: not even another kind of file is taken for a slip then.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="ProblemException">A folder without segments, or a file that can never have been a chain.</exception>
    public static ChainSource Open(string path, bool isChain)
    {
        if (path == StandardInput) return new ChainSource(Console.OpenStandardInput(), null, 0, null);
        if (Directory.Exists(path)) return Folder(path);
        if (!isChain && OtherFile.Of(path, Compressed) is { } other) throw other;
        (Stream stream, long? bytes) = File(path);
        return new ChainSource(stream, bytes, 0, null);
    }

    public void Dispose() => Stream.Dispose();

    private static ChainSource Folder(string path)
    {
        List<ChainSegment> segments = In(path);
        // The whole of what an agent keeps was copied.
        if (segments.Count == 0) segments = In(Path.Combine(path, "audit"));
        if (segments.Count == 0 && OtherFile.IsEvidence(path))
            throw new ProblemException($"{path} is an export of evidence, and no chain", $"python3 {Path.Combine(path, "verify.py")} checks it; its README.txt says what that shows");
        if (segments.Count == 0)
            throw new ProblemException($"{path} holds no segment of a chain: no file is named by twenty digits and {SegmentName.Suffix}", "name the folder audit of a host, or its copy, or the files themselves");
        var stream = new SegmentedChainStream(segments);
        return new ChainSource(stream, segments.TrueForAll(segment => !segment.Name.File.EndsWith(Compressed, StringComparison.Ordinal)) ? stream.Bytes : null, stream.First, stream);
    }

    private static List<ChainSegment> In(string folder)
    {
        List<ChainSegment> segments = [];
        if (!Directory.Exists(folder)) return segments;
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            string name = Path.GetFileName(file);
            if (SegmentName.TryParse(name.EndsWith(Compressed, StringComparison.Ordinal) ? name[..^Compressed.Length] : name, out SegmentName? segment))
                segments.Add(new ChainSegment(segment, new FileInfo(file).Length, () => File(file).Stream));
        }
        return segments;
    }

    private static (Stream Stream, long? Bytes) File(string path)
    {
        // Read in large pieces by the verification itself.
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return path.EndsWith(Compressed, StringComparison.Ordinal)
            ? (new GZipStream(file, CompressionMode.Decompress), null)
            : (file, file.CanSeek ? file.Length : null);
    }
}
