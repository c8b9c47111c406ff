using System.Globalization;
using CcConsole.Store.Access;

namespace CcConsole.Store.OwnChain;

/// <summary>
/// One file of the console's own chain, named by the sequence of its first line as on a host. Line k has the sequence First + k; what
/// follows the line before the next segment's First is a torn end, which an entry there attests.
/// </summary>
internal readonly record struct OwnSegment(string Path, long First, int Attempt)
{
    private const string Suffix = ".jsonl";
    private const int Digits = 20;

    public long Bytes => new FileInfo(Path).Length;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The segments in their order; none when there is no such folder.</summary>
    public static List<OwnSegment> In(string folder)
    {
        List<OwnSegment> segments = [];
        if (Directory.Exists(folder))
        {
            segments.AddRange(Directory.EnumerateFiles(folder, "*" + Suffix).Select(Parse).OfType<OwnSegment>());
        }

        segments.Sort((a, b) => (a.First, a.Attempt).CompareTo((b.First, b.Attempt)));
        return segments;
    }

    /// <summary>A file in which a line with this sequence can begin a segment: there is none of its name yet.</summary>
    public static OwnSegment Begin(string folder, long first)
    {
        for (int attempt = 0; ; attempt++)
        {
            string again = attempt == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{attempt}");
            string path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{first:D20}{again}{Suffix}"));
            if (!File.Exists(path))
            {
                return new OwnSegment(path, first, attempt);
            }
        }
    }

    /// <summary>The whole lines from an offset on, each with its line feed, and where they end.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> Line, long End)> Lines(long offset = 0) => LineFile.Read(Path, offset);

    private static OwnSegment? Parse(string path)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(path);
        return name.Split('-', 2) is [{ Length: Digits } number, .. var rest]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && int.TryParse(rest is [var again] ? again : "0", NumberStyles.None, CultureInfo.InvariantCulture, out int attempt)
            ? new OwnSegment(path, first, attempt) : null;
    }
}
