using System.Globalization;
using System.Text;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What a person decides who resolves a host's contradictions: about those that were open when they were read, and about no others.</summary>
public sealed class Resolution
{
    private Resolution(string host, IReadOnlyList<ChainConflict> open, CacheDatabase cache)
    {
        (Host, Open) = (host, open);
        Witnesses = [.. open.Select(conflict => conflict.Witness).OfType<string>().Distinct()];
        GoesOn = open.All(conflict => conflict.Witness is not null || IsKey(conflict));
        Key = GoesOn && open.LastOrDefault(IsKey) is { } other ? Encoding.UTF8.GetString(cache.Conflicts.Evidence(other.Id).Theirs.Span) : null;
    }

    /// <summary>The host's name in the fleet.</summary>
    public string Host { get; }

    /// <summary>The contradictions, oldest first.</summary>
    public IReadOnlyList<ChainConflict> Open { get; }

    /// <summary>
    /// Whether the copy goes on: where only the SSH key was another, or only other consoles' words contradict what the host itself has given all along.
    /// </summary>
    public bool GoesOn { get; }

    /// <summary>The fingerprint of the SSH key that is pinned then; null when none is.</summary>
    public string? Key { get; }

    /// <summary>The hosts in whose chains the words of other consoles stand.</summary>
    public IReadOnlyList<string> Witnesses { get; }

    /// <summary>What is decided, in a sentence without a final full stop.</summary>
    public string Words => GoesOn
        ? string.Join(", and ", new[] { Key is null ? null : $"the SSH key {Plain.Text(Key)} is that of {Plain.Text(Host)}", Said is null ? null : $"{Said} does not count" }.OfType<string>())
            + " from here on; the copy goes on, and the evidence stays"
        : $"the chain of {Plain.Text(Host)} is taken as it is now from here on; the old copy and the evidence stay";

    /// <summary>Each contradiction in a line, with its evidence.</summary>
    public IReadOnlyList<string> Findings => [.. Open.Select(conflict => $"{Finding(conflict)}. Evidence: {conflict.Directory}")];

    /// <summary>What to do next.</summary>
    internal string Hint
    {
        get
        {
            string folders = string.Join(", ", Open.Where(conflict => Key is null || !IsKey(conflict)).Select(conflict => conflict.Directory));
            string key = $"the key was changed on purpose, and {Plain.Text(Key ?? "")} is the host's (ssh-keygen -lf on the host tells)";
            return !GoesOn ? $"Both versions are kept in {folders}. Find out what happened on the host, then: cc-console audit resolve {Host}"
                : Said is null ? $"If {key}: cc-console audit resolve {Host} --yes"
                : Key is null ? $"Both entries are kept in {folders}. Find out who is right; where {Said} does not count, the copy goes on: cc-console audit resolve {Host} --yes"
                : $"Both entries are kept in {folders}. Find out who is right; if {Said} does not count, and {key}, the copy goes on: cc-console audit resolve {Host} --yes";
        }
    }

    private string? Said => Witnesses.Count == 0 ? null : $"the word in the chain of {string.Join(" and of ", Witnesses.Select(Plain.Text))}";

    /// <summary>One contradiction in words.</summary>
    public static string Finding(ChainConflict conflict)
    {
        ArgumentNullException.ThrowIfNull(conflict);
        return string.Create(CultureInfo.InvariantCulture, $"{conflict.Verdict} at #{conflict.Seq}: {conflict.Message}");
    }

    /// <summary>Null when nothing is open.</summary>
    internal static Resolution? Of(CacheDatabase cache, string host) => cache.Conflicts.Open(host) is { Count: > 0 } open ? new Resolution(host, open, cache) : null;

    private static bool IsKey(ChainConflict conflict) => conflict.Verdict == HostKeyPin.Verdict;
}
