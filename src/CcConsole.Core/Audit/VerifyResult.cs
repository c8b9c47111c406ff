namespace CcConsole.Core.Audit;

/// <summary>What a verification found.</summary>
/// <param name="Entries">Lines seen, an incomplete last one included.</param>
/// <param name="Verified">Entries verified before the first bad line; all of them when there is none.</param>
/// <param name="Head">Hash of the last verified entry; where none is, the hash it started from, or null at a chain's start.</param>
/// <param name="Verdict">The finding.</param>
/// <param name="FirstBad">
/// The 1-based line at which the finding is made, null when good. For <see cref="Verdict.Rollback"/> it is the first
/// line that is missing, for <see cref="Verdict.Fork"/> the remembered one.
/// </param>
/// <param name="Message">The finding in a sentence without a final full stop. Holds no text of the chain.</param>
/// <param name="VerifiedBytes">Bytes of the verified lines, line feeds included: where an append may go on.</param>
public sealed record VerifyResult(
    long Entries, long Verified, Hash32? Head, Verdict Verdict, long? FirstBad, string Message, long VerifiedBytes);

/// <summary>What was known of a chain before.</summary>
/// <param name="Count">How many entries there were; at least 1.</param>
/// <param name="Hash">Hash of the last of them.</param>
/// <param name="Genesis">Hash of the first, where it is known.</param>
public sealed record RememberedHead(long Count, Hash32 Hash, Hash32? Genesis = null)
{
    /// <summary>Reads <c>COUNT:HASH</c>, as <c>audit verify --remembered</c> takes it.</summary>
    /// <exception cref="ProblemException">Something else.</exception>
    public static RememberedHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count)
            && count > 0
            && Hash32.TryParse(text.AsSpan(colon + 1), out var hash)
            // Of one entry it is the first that is remembered: whose chain it is.
            ? new RememberedHead(count, hash, count == 1 ? hash : null)
            : throw new ProblemException("the remembered head is not COUNT:HASH", "give the number of entries (1 or more), a colon, and the 64 hexadecimal digits of the last one's hash");
    }
}
