using System.Globalization;
using CcConsole.Core;
using CcConsole.Ssh;
using CcConsole.Store;

namespace CcConsole.Fleet.Audit;

/// <summary>Why a host has no copy in use: nothing was pulled yet, or a person put its last one aside and nothing was pulled since.</summary>
internal static class NoCopy
{
    /// <summary>When the last copy of a host that has none in use was put aside; null of one that never had any.</summary>
    public static DateTimeOffset? SetAsideAt(CacheDatabase cache, string host) => cache.Chains.Copies(host).Max(copy => copy.RetiredAt);

    /// <summary>The same in words without a final full stop.</summary>
    public static string Words(DateTimeOffset? setAside) => setAside is { } at
        ? $"no copy {InUseSince(at)}: resolved, not pulled since; audit list --retired shows it"
        : "nothing was pulled yet";

    /// <summary>What someone is told who asks for it.</summary>
    public static ProblemException Of(CacheDatabase cache, string host) => SetAsideAt(cache, host) is { } at
        ? new ProblemException($"No copy of the chain of {Plain.Text(host)} is {InUseSince(at)}: it was resolved, and nothing was pulled since",
            $"cc-console audit pull {Plain.Text(host)} begins a new one; cc-console audit list {Plain.Text(host)} --retired shows the old one")
        : new ProblemException($"Nothing was pulled from the chain of {Plain.Text(host)} yet", $"cc-console audit pull {Plain.Text(host)}");

    private static string InUseSince(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"in use since {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
