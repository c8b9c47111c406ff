using CcConsole.Core.Audit;

namespace CcConsole.Store.Access;

/// <summary>Reads the lines of a chain's file, from either end. Memory does not grow with the file.</summary>
internal static class LineFile
{
    private const int ReadAtOnce = 4 * EntryLimits.MaxLineBytes;

    /// <summary>The whole lines from an offset on, each with its line feed, and where they end. A line that is longer than an entry may be ends it.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Line, long End)> Read(string path, long offset = 0, long end = long.MaxValue)
    {
        using FileStream file = Open(path);
        file.Position = offset;
        byte[] buffer = new byte[ReadAtOnce];
        int held = 0;
        for (int read; (read = file.Read(buffer, held, (int)Math.Min(buffer.Length - held, end - file.Position))) > 0;)
        {
            held += read;
            int start = 0;
            for (int feed; (feed = buffer.AsSpan(start, held - start).IndexOf((byte)'\n')) >= 0; start += feed + 1)
            {
                offset += feed + 1;
                yield return (buffer.AsMemory(start, feed + 1).ToArray(), offset);
            }

            buffer.AsSpan(start, held - start).CopyTo(buffer);
            held -= start;
            if (held == buffer.Length)
            {
                yield break;
            }
        }
    }

    /// <summary>The whole lines before an offset, the last first, without their line feeds.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> ReadBackwards(string path, long end)
    {
        using FileStream file = Open(path);
        byte[] rest = [];
        while (end > 0)
        {
            int count = (int)Math.Min(ReadAtOnce, end);
            byte[] piece = new byte[count + rest.Length];
            file.Position = end -= count;
            file.ReadExactly(piece, 0, count);
            rest.CopyTo(piece, count);
            // Each line ends with a line feed: what stands before the first one may be cut.
            int until = piece.Length;
            while (until > 0 && piece.AsSpan(0, until - 1).LastIndexOf((byte)'\n') is var feed && (feed >= 0 || end == 0))
            {
                yield return piece.AsMemory(feed + 1, until - feed - 2);
                until = feed + 1;
            }

            rest = piece[..until];
        }
    }

    /// <summary>Opens a file that others may append to.</summary>
    public static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
