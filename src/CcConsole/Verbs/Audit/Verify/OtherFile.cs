using System.IO.Compression;
using CcConsole.Core;
using CcConsole.Core.Audit.Segments;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>
/// Files that a person names by a slip: an archive, a program. They were never a chain, and it would be wrong to call them one that was tampered with.
/// What was a chain must not pass for one of them: each is told by several bytes that no entry begins with, and not where the file's name is that of a chain.
/// </summary>
internal static class OtherFile
{
    private const int TarMark = 257; // "ustar" in a header (POSIX.1, pax)

    private static readonly (byte[] Start, string Kind)[] Kinds =
    [
        ([0x1f, 0x8b, 8], "a file that gzip has compressed"), // RFC 1952
        ([0x28, 0xb5, 0x2f, 0xfd], "a file that zstd has compressed"), // RFC 8878
        ([0xfd, .. "7zXZ"u8, 0], "a file that xz has compressed"),
        ([.. "PK"u8, 3, 4], "a zip archive"),
        ([0x7f, .. "ELF"u8], "a program"), // elf(5)
        ([.. "SQLite format 3"u8, 0], "a database"),
    ];

    /// <summary>What a file is, as the problem that it is none that could be verified; null where it is, or may have been, a chain.</summary>
    /// <param name="path">The file.</param>
    /// <param name="compressed">The ending of names whose files are read as what gzip(1) made them of.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ProblemException? Of(string path, string compressed)
    {
        bool isCompressed = path.EndsWith(compressed, StringComparison.Ordinal);
        if ((isCompressed ? path[..^compressed.Length] : path).EndsWith(SegmentName.Suffix, StringComparison.Ordinal)) return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        // What was read of a pipe would be gone.
        if (!file.CanSeek) return null;
        byte[] start = new byte[TarMark + 5];
        int length = Read(file, isCompressed, start);
        ReadOnlySpan<byte> bytes = start.AsSpan(0, length);
        if (bytes.Length == start.Length && bytes[0] != (byte)'{' && bytes[TarMark..].SequenceEqual("ustar"u8))
            return new ProblemException($"{path} is an archive, and no chain", $"unpack it: tar -xf {path}; where it is an export of evidence, the verify.py in its folder checks it: python3 FOLDER/verify.py");
        foreach ((byte[] magic, string kind) in Kinds)
        {
            if (bytes.StartsWith(magic)) return new ProblemException($"{path} is {kind}, and no chain", $"name a chain: a file of a host's folder audit, or of cc-console audit export; a compressed one by its name that ends in {compressed}");
        }
        return null;
    }

    /// <summary>Whether a folder is an export of evidence.</summary>
    public static bool IsEvidence(string folder) => File.Exists(Path.Combine(folder, "MANIFEST")) && File.Exists(Path.Combine(folder, "verify.py"));

    private static int Read(FileStream file, bool isCompressed, byte[] start)
    {
        if (!isCompressed) return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        using var content = new GZipStream(file, CompressionMode.Decompress);
        return content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
    }
}
