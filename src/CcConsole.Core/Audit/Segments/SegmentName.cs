using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CcConsole.Core.Audit.Segments;

/// <summary>The name of one file of a chain: twenty digits, the sequence number of its first line.</summary>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="First">The sequence number of its first line.</param>
/// <param name="Attempt">
/// 0, or how many files of this number there are before it: a crash can tear the very first line of a segment, and what is torn is
/// never changed, so the line then begins another file, <c>…-1.jsonl</c>.
/// </param>
public sealed record SegmentName(string File, long First, int Attempt)
{
    /// <summary>How a segment's name ends.</summary>
    public const string Suffix = ".jsonl";

    private const int Digits = 20;

    /// <summary>Reads a name; false for one that is no segment's.</summary>
    public static bool TryParse(string? file, [NotNullWhen(true)] out SegmentName? name)
    {
        name = null;
        if (file?.EndsWith(Suffix, StringComparison.Ordinal) != true)
            return false;
        var stem = file.AsSpan(0, file.Length - Suffix.Length);
        var attempt = 0;
        if (stem.Length < Digits || !long.TryParse(stem[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || (stem.Length > Digits && (stem[Digits] != '-' || !int.TryParse(stem[(Digits + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out attempt))))
            return false;
        name = new SegmentName(file, first, attempt);
        return true;
    }
}
