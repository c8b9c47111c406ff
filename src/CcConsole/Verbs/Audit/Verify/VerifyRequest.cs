using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using CcConsole.Core.Jobs;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>What a person asks of a verification.</summary>
/// <param name="Remembered">The head that the person remembers; null for none.</param>
/// <param name="Anchored">Whether a chain must be held against something.</param>
/// <param name="Range">Only these entries; null for all.</param>
/// <param name="MaxAge">How old the newest entry, or the copy, may be; null for any age.</param>
/// <param name="Brief">Verdict and head alone.</param>
internal sealed record VerifyRequest(RememberedHead? Remembered, bool Anchored, ChainRange? Range, TimeSpan? MaxAge, bool Brief)
{
    public static readonly Option<string?> RememberedOption = new("--remembered") { Description = "So many entries were seen before, and this is the hash of the last of them", HelpName = "COUNT:HASH" };
    public static readonly Option<bool> AnchoredOption = new("--anchored", "--require-anchor") { Description = "Exit 2 when nothing was remembered to hold a chain against" };
    public static readonly Option<long?> FromOption = new("--from") { Description = "Verify only from this entry on, by its number (#N)", HelpName = "N" };
    public static readonly Option<long?> ToOption = new("--to") { Description = "Verify only up to this entry", HelpName = "N" };
    public static readonly Option<string?> MaxAgeOption = new("--max-age") { Description = "Exit 2 when a copy, or a file's newest entry, is older than this, such as 15m", HelpName = "TIME" };
    public static readonly Option<bool> BriefOption = new("--brief") { Description = "Print verdict and head alone, not what they mean" };

    public static Symbol[] Symbols => [RememberedOption, AnchoredOption, FromOption, ToOption, MaxAgeOption, BriefOption];

    /// <exception cref="ProblemException">Something that is not one of these.</exception>
    public static VerifyRequest Read(VerbContext context) => new(
        context.Get(RememberedOption) is { } head ? RememberedHead.Parse(head) : null,
        context.Get(AnchoredOption),
        RangeOf(context.Get(FromOption), context.Get(ToOption)),
        context.Get(MaxAgeOption) is { } age ? (Duration.Parse(age) ?? throw new ProblemException($"--max-age {age} is no span of time", "15m, 24h, 7d")) : null,
        context.Get(BriefOption));

    private static ChainRange? RangeOf(long? from, long? to) => (from, to) switch
    {
        (null, null) => null,
        ( < 0, _) or (_, < 0) => throw new ProblemException("an entry's number is 0 or more", "--from 100 --to 200"),
        _ when to < (from ?? 0) => throw new ProblemException($"--to {to} lies before --from {from}", "--from 100 --to 200"),
        _ => new ChainRange(from ?? 0, to ?? long.MaxValue),
    };
}
