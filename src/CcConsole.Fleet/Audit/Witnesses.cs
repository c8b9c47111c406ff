using System.Globalization;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// Consoles witness each other: each leaves in the hosts' chains what it has seen of them and of other hosts, and reads what others have
/// left. A host that shows two consoles two chains is found by the first of them that reads the other's entry. What the copy does not reach
/// yet is held against it after a later pull.
/// </summary>
internal sealed class Witnesses(CacheDatabase cache, FleetOptions options)
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan LeaveEvery = TimeSpan.FromMinutes(10);
    private readonly List<Contradiction> _found = [];
    private readonly long _before = cache.Claims.LastId();
    // As the heads are when the first word is heard: what has moved since is held against the copy after a later pull.
    private ILookup<string, ChainHead>? _heads;

    /// <param name="Copy">The copy that is contradicted.</param>
    /// <param name="Claim">By what.</param>
    /// <param name="Seq">From which entry on.</param>
    /// <param name="Verdict">What that makes of it.</param>
    private sealed record Contradiction(ChainHead Copy, ChainClaim Claim, long Seq, Verdict Verdict)
    {
        /// <summary>The chain itself says that more of it was seen than there was before the entry that says so.</summary>
        public bool IsOfItself => Claim.AtHost == Copy.Host && Seq == Claim.AtSeq;
    }

    /// <summary>Holds what an entry says against the copies; what they do not reach yet is remembered.</summary>
    /// <param name="head">The copy in which the entry is, up to the entry at least.</param>
    /// <param name="line">The entry.</param>
    public void Hear(ChainHead head, ChainLine line)
    {
        if (Read(head, line) is not { } claim)
        {
            return;
        }

        if (claim.Chain == head.Chain)
        {
            if (claim.Seq >= claim.AtSeq)
            {
                _found.Add(new Contradiction(head, claim, claim.AtSeq, Verdict.Rollback));
            }
            else
            {
                Hold(head, claim);
            }

            return;
        }

        _heads ??= cache.Chains.Heads().ToLookup(copy => copy.Chain);
        ChainHead[] meant = Meant(_heads[claim.Chain], claim);
        if (meant.Length == 0 || meant.Any(copy => claim.Seq > copy.Seq))
        {
            cache.Claims.Add(claim);
        }
        else if (meant.Length == 1 || !meant.Any(copy => Agrees(copy, claim)))
        {
            Array.ForEach(meant, copy => Hold(copy, claim));
        }
    }

    /// <summary>
    /// After a pull that took all that the host has: what was said of it before the pull began must be in the copy now. No clock is asked: who
    /// said it had seen the entry by then.
    /// </summary>
    public void Settle(ChainHead head)
    {
        IReadOnlyList<ChainClaim> claims = cache.Claims.Of(head.Chain, _before);
        ChainHead[] heads = claims.Count == 0 ? [] : [.. cache.Chains.Heads().Where(copy => copy.Chain == head.Chain)];
        foreach (ChainClaim claim in claims)
        {
            ChainHead[] meant = Meant(heads, claim);
            // What may be said of a clone is none of this host's as long as it may be right there.
            if (meant.All(copy => copy.Host != head.Host) || meant.Any(copy => copy.Host != head.Host && (claim.Seq > copy.Seq || Agrees(copy, claim))))
            {
                continue;
            }

            if (claim.Seq > head.Seq)
            {
                _found.Add(new Contradiction(head, claim, claim.Seq, Verdict.Rollback));
            }
            else if (Hold(head, claim))
            {
                cache.Claims.Remove(claim.Id);
            }
        }
    }

    /// <summary>Keeps what contradicts; the hosts that it is about are red from then on. To be called when the heads do not move any more.</summary>
    public IReadOnlyList<ChainConflict> Keep()
    {
        List<ChainConflict> kept = [];
        foreach (Contradiction found in _found)
        {
            // One is enough to be looked at. What stands in another host's chain is heard again when a person has decided about this one.
            if (kept.Find(conflict => conflict.Host == found.Copy.Host) is not { } known)
            {
                kept.Add(cache.Conflicts.Keep(found.Copy.Host, found.Copy.Chain, found.Seq, found.Verdict.Word(), Words(found),
                    cache.Chains.Line(found.Copy, found.Seq)?.Bytes ?? default, found.Claim.Line, found.Claim.AtHost));
            }
            else if (known.Witness != found.Claim.AtHost)
            {
                cache.Claims.Add(found.Claim);
            }
        }

        return kept;
    }

    /// <summary>The heads of other hosts to leave in a host's chain now: those that have moved, the one left longest ago first.</summary>
    public IReadOnlyList<ChainHead> ToLeave(string host)
    {
        IReadOnlyDictionary<string, (long Seq, DateTimeOffset At)> left = cache.Claims.Left(host);
        DateTimeOffset now = options.Time.GetUtcNow();
        HashSet<string> red = [.. cache.Conflicts.Open().Select(conflict => conflict.Host)];
        IReadOnlyList<ChainHead> heads = cache.Chains.Heads();
        string? chain = heads.FirstOrDefault(head => head.Host == host)?.Chain;
        return [.. heads
            // A clone's head, left in the same chain, would be taken for a word about that chain itself.
            .Where(head => head.Host != host && head.Chain != chain && head.Host != OwnChain.Name && head.Verdict == "OK" && !red.Contains(head.Host))
            .Select(head => (Head: head, Last: left.TryGetValue(head.Chain, out (long Seq, DateTimeOffset At) last) ? last : (-1, DateTimeOffset.MinValue)))
            .Where(each => each.Head.Notable > each.Last.Item1 && now - each.Last.Item2 >= LeaveEvery)
            .OrderBy(each => each.Last.Item2).Take(MostAtOnce).Select(each => each.Head)];
    }

    /// <summary>The copies that a claim may be about. Of clones, with one chain, it is the one that it names; one that this console calls otherwise may be any.</summary>
    private static ChainHead[] Meant(IEnumerable<ChainHead> copies, ChainClaim claim) =>
        copies.FirstOrDefault(copy => copy.Host == claim.Host) is { } named ? [named] : [.. copies];

    private bool Agrees(ChainHead copy, ChainClaim claim) =>
        cache.Chains.Line(copy, claim.Seq) is { } line && ChainLines.Member(line.Bytes.Span, "hash"u8) == claim.Hash;

    /// <returns>Whether the copy could be asked and agrees.</returns>
    private bool Hold(ChainHead copy, ChainClaim claim)
    {
        string? hash = cache.Chains.Line(copy, claim.Seq) is { } line ? ChainLines.Member(line.Bytes.Span, "hash"u8) : null;
        if (hash is not null && hash != claim.Hash)
        {
            _found.Add(new Contradiction(copy, claim, claim.Seq, Verdict.Fork));
            return false;
        }

        return true;
    }

    private static string Words(Contradiction found)
    {
        ChainClaim claim = found.Claim;
        string said = string.Create(CultureInfo.InvariantCulture,
            $"entry #{claim.AtSeq} of {Ssh.Plain.Text(claim.AtHost)} says so{(claim.SaidAt is { } at ? $", of {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "")}");
        return found.IsOfItself
            ? $"the console {Ssh.Plain.Text(claim.Console)} had seen entry #{claim.Seq} before entry #{claim.AtSeq} was written ({said}): the chain was cut and written anew from #{claim.AtSeq} on, or the entry is false"
            : found.Verdict == Verdict.Rollback
            ? $"the console {Ssh.Plain.Text(claim.Console)} has seen entry #{claim.Seq} ({said}), and the host now gives none after #{found.Copy.Seq}"
            : $"the console {Ssh.Plain.Text(claim.Console)} has seen another entry #{claim.Seq} than this one ({said}): the host has shown two chains, or {Ssh.Plain.Text(claim.AtHost)} a false entry";
    }

    private static ChainClaim? Read(ChainHead head, ChainLine line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.Bytes);
            JsonElement entry = document.RootElement;
            // In a host's chain of itself; in a console's own, and as a witness, of the host that it names.
            bool own = Text(entry, "host_chain") is null;
            string? chain = own ? head.Chain : Text(entry, "host_chain");
            // A witness speaks of other hosts: of this very chain it can mean a clone alone.
            if (!own && chain == head.Chain)
            {
                return null;
            }

            string? hash = Text(entry, own ? "console_hash" : "host_hash");
            return chain is not null && hash is { Length: Hash32.HexLength }
                && entry.TryGetProperty(own ? "console_seq" : "host_seq", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long seq) && seq >= 0
                ? new ChainClaim(chain, seq, hash, $"{Text(entry, "actor") ?? "?"}@{Text(entry, "origin") ?? "?"}", own ? head.Host : Text(entry, "host") ?? "?", head.Host, line.Seq, Time(entry), line.Bytes.ToArray())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair in a name, which has no text: what it says cannot be told of anyone.
            return null;
        }
    }

    private static DateTimeOffset? Time(JsonElement entry) =>
        entry.TryGetProperty("timestamp", out JsonElement time) && time.TryGetDouble(out double seconds) && seconds is >= 0 and < 253_402_300_799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
