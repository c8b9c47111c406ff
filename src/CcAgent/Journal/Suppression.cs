using System.Diagnostics;
using System.Globalization;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// Keeps who sends rubbish or asks for what is not allowed from filling the chain: of each sender the first refusals of a kind have an entry each, more come back with
/// time, and the rest are counted and told by one audit.suppressed entry every half minute.
/// </summary>
internal sealed class Suppression
{
    private const int Burst = 20, MostReasons = 8, MostSenders = 1024;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(1), Delay = TimeSpan.FromSeconds(30);

    private readonly UserNames _users;
    private readonly Dictionary<(uint Uid, string Of), Sender> _senders = [];
    // What was decided for a batch that is not written yet; without a reason, that a refusal has its own entry.
    private readonly List<(Sender Sender, string? Reason)> _open = [];
    private long _since;

    internal Suppression(UserNames users) => _users = users;

    /// <summary>How long until what was counted is due, in milliseconds; -1 when nothing was.</summary>
    internal int TimeoutMs => _since == 0 ? -1
        : (int)Math.Max(0, Math.Ceiling((Delay - Stopwatch.GetElapsedTime(_since)).TotalMilliseconds));

    /// <summary>Whether a refusal has its own entry; else it has been counted.</summary>
    internal bool Admits(uint uid, string of, string reason)
    {
        var now = Stopwatch.GetTimestamp();
        if (!_senders.TryGetValue((uid, of), out var sender))
        {
            Prune();
            _senders[(uid, of)] = sender = new Sender(now);
        }

        sender.Allowed = Math.Min(Burst, sender.Allowed + (Stopwatch.GetElapsedTime(sender.Seen, now) / Refill));
        sender.Seen = now;
        if (sender.Allowed >= 1)
        {
            sender.Allowed--;
            _open.Add((sender, null));
            return true;
        }

        if (_since == 0)
            _since = now;
        _open.Add((sender, reason));
        sender.Count++;
        if (sender.Reasons.Count < MostReasons || sender.Reasons.ContainsKey(reason))
            sender.Reasons[reason] = sender.Reasons.GetValueOrDefault(reason) + 1;
        return false;
    }

    /// <summary>The batch is written: what was decided for it holds.</summary>
    internal void Keep() => _open.Clear();

    /// <summary>The batch is not written: its refusals have neither an entry nor been counted.</summary>
    internal void Forget()
    {
        foreach (var (sender, reason) in _open)
        {
            if (reason is null)
            {
                sender.Allowed++;
                continue;
            }

            sender.Count--;
            if (sender.Reasons.TryGetValue(reason, out var count) && --count > 0)
                sender.Reasons[reason] = count;
            else
                sender.Reasons.Remove(reason);
        }

        _open.Clear();
        if (_senders.Values.All(static sender => sender.Count == 0))
            _since = 0;
    }

    /// <summary>What the entries about what was counted say.</summary>
    internal IReadOnlyList<IReadOnlyList<AuditMember>> Pending()
    {
        var entries = new List<IReadOnlyList<AuditMember>>();
        foreach (var ((uid, of), sender) in _senders)
        {
            if (sender.Count == 0)
                continue;
            var reasons = string.Join("; ", sender.Reasons.OrderByDescending(r => r.Value).Select(
                r => string.Create(CultureInfo.InvariantCulture, $"{r.Value} × {EntryMembers.Cut(r.Key, 160)}")));
            entries.Add([
                new("of", of),
                new("count", sender.Count),
                new("uid", uid),
                new("user", _users.Of(uid)),
                new("reasons", reasons),
                new("within_s", (long)Math.Ceiling(Stopwatch.GetElapsedTime(_since).TotalSeconds))]);
        }

        return entries;
    }

    /// <summary>What was counted is told.</summary>
    internal void Clear()
    {
        _since = 0;
        foreach (var sender in _senders.Values)
        {
            sender.Count = 0;
            sender.Reasons.Clear();
        }
    }

    /// <summary>It could not be told: it is kept, and due again after the same time.</summary>
    internal void Postpone() => _since = Stopwatch.GetTimestamp();

    private void Prune()
    {
        if (_senders.Count < MostSenders)
            return;
        foreach (var (key, sender) in _senders)
        {
            if (sender.Count == 0)
                _senders.Remove(key);
        }
    }

    private sealed class Sender(long seen)
    {
        internal double Allowed = Burst;
        internal long Seen = seen;
        internal long Count;
        internal readonly Dictionary<string, int> Reasons = new(StringComparer.Ordinal);
    }
}
