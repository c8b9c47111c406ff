using System.Globalization;
using CcConsole.Store;
using CcConsole.Store.Chains;
using Humanizer;

namespace CcConsole.Fleet.Audit;

/// <summary>Makes the state of a host's chain from what the cache remembers.</summary>
internal sealed class AuditStates(CacheDatabase cache, FleetOptions options)
{
    public AuditState Of(string host) => Of(host, cache.Chains.Head(host), cache.Conflicts.Open(host) is [.., var conflict] ? conflict : null);

    /// <summary>Of the hosts of the fleet, without a copy too, and of those that are no longer in it and left one.</summary>
    public IReadOnlyList<AuditState> All(IEnumerable<string> fleet)
    {
        ILookup<string, ChainConflict> conflicts = cache.Conflicts.Open().ToLookup(conflict => conflict.Host);
        ChainHead[] heads = [.. cache.Chains.Heads()];
        // A first pull may fail before anything could be kept: then there is a conflict and no head.
        IEnumerable<AuditState> headless = conflicts.Select(of => of.Key).Union(fleet).Except(heads.Select(head => head.Host)).Select(host => Of(host, null, conflicts[host].LastOrDefault()));
        return [.. heads.Select(head => Of(head.Host, head, conflicts[head.Host].LastOrDefault())).Concat(headless).OrderBy(state => state.Host, StringComparer.Ordinal)];
    }

    public AuditState Of(string host, ChainHead? head, ChainConflict? conflict)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        TimeSpan? age = head is { HasEnded: true } ? Since(head.PulledAt, now) : null;
        AuditState state = new()
        {
            Host = host,
            Head = head,
            SetAsideAt = head is null ? NoCopy.SetAsideAt(cache, host) : null,
            Conflict = conflict,
            Verdict = conflict?.Verdict ?? head?.Verdict ?? AuditState.NotPulled,
            Age = age,
            IsStale = age is null || age > (options.StaleAfter ?? 2 * options.PollInterval),
            CheckpointAge = head?.CheckpointAt is { } signed ? Since(signed, now) : null,
            ComparedAge = head?.ComparedAt is { } compared ? Since(compared, now) : null,
            Cloned = head is null ? null : OfClones(cache, head),
            Words = "",
        };
        return state with { Words = state.Cloned is { } cloned ? $"{Words(state)}; {cloned}" : Words(state) };
    }

    /// <summary>That other hosts have the same chain, in words; null when none has. No verdict: who claims another's chain is not to make that host red.</summary>
    public static string? OfClones(CacheDatabase cache, ChainHead head) => cache.Chains.Clones(head) is { Count: > 0 } clones
        ? $"it has the same chain as {string.Join(" and ", clones.Select(Ssh.Plain.Text))}: one is a clone of the other, or shows the other's chain" : null;

    private static string Words(AuditState state)
    {
        if (state.Head is not { } head)
        {
            return state.Conflict is { } first ? $"{first.Verdict} at #{first.Seq}: {first.Message}" : NoCopy.Words(state.SetAsideAt);
        }

        string copy = string.Create(CultureInfo.InvariantCulture, $"verified copy to #{head.Seq}, {(state.IsStale ? "stale: " : "")}{(state.Age is { } age ? $"pulled {Ago(age)}" : "its first pull has not ended")}");
        string signed = state switch
        {
            { IsOverdue: true, CheckpointAge: { } overdue } => $"OVERDUE: the agent ran, and its last signature is of {Ago(overdue)}",
            { CheckpointAge: { } last } => string.Create(CultureInfo.InvariantCulture, $"signed to #{head.CheckpointSeq} {Ago(last)}"),
            _ => "nothing in it is signed",
        };
        string compared = state.ComparedAge is { } deep ? $"held against the host entry by entry {Ago(deep)}" : "never held against the host entry by entry";
        string bad = state.Conflict is { } conflict ? string.Create(CultureInfo.InvariantCulture, $"{conflict.Verdict} at #{conflict.Seq}: {conflict.Message}; ") : "";
        return $"{bad}{copy}; {signed}; {compared}";
    }

    private static TimeSpan Since(DateTimeOffset then, DateTimeOffset now) => now > then ? now - then : TimeSpan.Zero;

    private static string Ago(TimeSpan age) => age < TimeSpan.FromSeconds(1) ? "just now" : $"{age.Humanize(culture: CultureInfo.GetCultureInfo("en-US"))} ago";
}
