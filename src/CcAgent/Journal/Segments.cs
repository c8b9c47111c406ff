using System.Globalization;

namespace CcAgent.Journal;

/// <summary>One file of a journal, named by the sequence number of its first line.</summary>
/// <param name="Path">The file.</param>
/// <param name="First">The sequence number of its first line.</param>
/// <param name="Attempt">
/// 0, or how many files of this number there are before it: a crash can tear the very first line of a segment, and what
/// is torn is never changed, so the line then begins another file.
/// </param>
internal readonly record struct Segment(string Path, long First, int Attempt)
{
    internal string Name => System.IO.Path.GetFileName(Path);

    internal long Bytes => new FileInfo(Path).Length;
}

/// <summary>
/// The files of a journal. Line k of a segment (from 0) has the sequence number First + k; what follows the line before
/// the next segment's First is a torn end, which belongs to no sequence number.
/// </summary>
internal static class Segments
{
    internal const string Suffix = ".jsonl";

    /// <summary>A segment that has grown beyond this is followed by a new one.</summary>
    internal const long MaxBytes = 64L * 1024 * 1024;

    private const int Digits = 20;

    /// <summary>The segments in their order; none when there is no such directory.</summary>
    internal static List<Segment> In(string directory)
    {
        var segments = new List<Segment>();
        if (!Directory.Exists(directory))
            return segments;
        foreach (var path in Directory.EnumerateFiles(directory, "*" + Suffix))
        {
            if (Parse(path) is { } segment)
                segments.Add(segment);
        }

        segments.Sort((a, b) => (a.First, a.Attempt).CompareTo((b.First, b.Attempt)));
        return segments;
    }

    /// <summary>The sequence number of the first line that is there: not 0 where the lines before it were let go.</summary>
    internal static long FirstSeq(string directory) => In(directory) is [var first, ..] ? first.First : 0;

    /// <summary>The file in which a line with this sequence number can begin a segment: new, or made but still empty.</summary>
    internal static Segment Begin(string directory, long first)
    {
        for (var attempt = 0; ; attempt++)
        {
            var path = attempt == 0
                ? string.Create(CultureInfo.InvariantCulture, $"{directory}/{first:D20}{Suffix}")
                : string.Create(CultureInfo.InvariantCulture, $"{directory}/{first:D20}-{attempt}{Suffix}");
            if (new FileInfo(path) is not { Exists: true, Length: > 0 })
                return new Segment(path, first, attempt);
        }
    }

    private static Segment? Parse(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path.AsSpan());
        var attempt = 0;
        var good = name.Length >= Digits && long.TryParse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && (name.Length == Digits || (name[Digits] == '-'
                && int.TryParse(name[(Digits + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out attempt)));
        return good ? new Segment(path, long.Parse(name[..Digits], CultureInfo.InvariantCulture), attempt) : null;
    }
}
