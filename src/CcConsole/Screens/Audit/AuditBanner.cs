using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Monitoring;
using CcConsole.Store.Chains;
using Humanizer;

namespace CcConsole.Screens;

/// <summary>The verdict on a chain in one line, and what it means for a single entry. Green only when every line was just verified and the host answers.</summary>
internal sealed record AuditBanner(string Text, string Scope, string Detail, long? FirstBad)
{
    /// <summary>Before a verification has ended.</summary>
    public static AuditBanner Verifying(long done, long all, bool ascii) => new(
        Format($"{StatusLook.Of(Status.Running).Mark(ascii)} verifying, {done} of {"entry".ToQuantity(all)}{(all > 0 ? Format($" ({Math.Min(done, all) * 100 / all}%)") : "")}"),
        "state.run", "Ctrl+C cancels.", null);

    /// <summary>After a verification was cancelled: nothing is claimed.</summary>
    public static AuditBanner Cancelled(bool ascii) => new(
        $"{StatusLook.Of(Status.Unknown).Mark(ascii)} not verified: it was cancelled", "state.unknown", "V verifies every entry of the copy.", null);

    /// <summary>Nothing was pulled, or the copy cannot be read.</summary>
    public static AuditBanner Unread(string why, string hint, bool ascii) => new($"{StatusLook.Of(Status.Unknown).Mark(ascii)} {why}", "state.unknown", hint, null);

    /// <summary>Nothing was pulled.</summary>
    public static AuditBanner None(bool ascii) => Unread("nothing was pulled from this host yet", "P pulls its chain; that needs the agent on the host.", ascii);

    /// <summary>After a verification of the copy.</summary>
    /// <param name="found">What it found.</param>
    /// <param name="state">How the chain stands by what is remembered of it: the last pull, the last signature.</param>
    /// <param name="host">The host as it was seen last; null for one that is not in the fleet.</param>
    /// <param name="now">Now.</param>
    /// <param name="zone">Of the times.</param>
    /// <param name="ascii">Whether only ASCII may be shown.</param>
    public static AuditBanner Of(CopyVerification found, AuditState state, HostRow? host, DateTimeOffset now, TimeZoneInfo zone, bool ascii)
    {
        var head = state.Head ?? found.Head;
        var taken = head.HasEnded ? head.PulledAt : head.LastSeen;
        var seen = TimeText.Near(TimeZoneInfo.ConvertTime(taken, zone), now);
        var pulled = TimeText.AgoWords(taken, now);
        var odd = found.Result.Warnings is [var first, ..] ? Format($"; odd: #{found.Result.FirstSeq + first.Line - 1} {first.Message}") : "";
        var age = Format($"head pulled {seen}, {pulled}; {Signed(state)}; {Compared(state)}{odd}");
        var bad = StatusLook.Of(Status.Fail).Mark(ascii);
        if (!found.Result.Verdict.IsWhole())
        {
            var firstBad = AuditLink.FirstBad(found);
            var words = VerdictWords.Of(found.Result.Verdict.Word(), firstBad, found.Head.Seq, seen, found.Result.Message, ascii);
            return new AuditBanner($"{bad} {words}", "verdict.bad", Format($"{"entry".ToQuantity(found.Result.Verified)} before it {(found.Result.Verified == 1 ? "is" : "are")} whole, what comes after is unproven; {age}"), firstBad);
        }
        // A contradiction that was met since is told at once.
        if ((state.Conflict ?? found.Conflict) is { } conflict)
        {
            var words = VerdictWords.Of(conflict.Verdict, conflict.Seq, head.Seq, seen, conflict.Message, ascii);
            return new AuditBanner($"{bad} {words}", "verdict.bad", $"On the host; the copy held here is whole. Both versions: {conflict.Directory}", conflict.IsOfEntries ? conflict.Seq : null);
        }
        // Every entry is whole; what lies after the last signature is held by this copy alone.
        if (found.Result.Verdict == Verdict.Overdue || state.IsOverdue)
        {
            var words = VerdictWords.Of("OVERDUE", AuditLink.FirstBad(found), head.Seq, seen, "the agent ran without signing a checkpoint", ascii);
            return new AuditBanner($"{StatusLook.Of(Status.Late).Mark(ascii)} {words}", "verdict.stale", age, AuditLink.FirstBad(found));
        }
        // The console's own chain lies on this machine, and its copy is as new as the chain.
        var own = head.Host == OwnChain.Name;
        var copy = Format($"verified copy to #{found.Head.Seq}");
        if (!own && host is { Status: Status.Offline or Status.Unknown } or { IsStale: true } or null)
            return new AuditBanner($"{StatusLook.Of(Status.Offline).Mark(ascii)} {copy}, host unreachable", "verdict.stale", age, null);
        return state.IsStale && !own
            ? new AuditBanner($"{StatusLook.Of(Status.Offline).Mark(ascii)} {copy}, STALE: pulled {pulled}", "verdict.stale", $"What the host did since is not known: P pulls. {age}", null)
            : new AuditBanner(Format($"{StatusLook.Of(Status.Ok).Mark(ascii)} VERIFIED #{found.Head.First}{(ascii ? '-' : '–')}#{found.Head.Seq}, head {found.Head.Hash[..8]}"), "verdict.ok", age, null);
    }

    /// <summary>Over the copies of all hosts.</summary>
    public static AuditBanner OfAll(IReadOnlyList<ChainHead> heads, AuditProofs proofs, Shell shell, TimeZoneInfo zone)
    {
        int good = 0, old = 0, unverified = 0;
        List<string> bad = [];
        foreach (var head in heads)
        {
            if (proofs.Of(head.Host) is not { } found)
            {
                unverified++;
                continue;
            }
            switch (Of(found, shell.Fleet.Audit.State(head.Host), shell.Snapshot.Host(head.Host), shell.Now, zone, shell.Ascii).Scope)
            {
                case "verdict.bad":
                    bad.Add(head.Host);
                    break;
                case "verdict.ok":
                    good++;
                    break;
                default:
                    old++;
                    break;
            }
        }
        List<string> parts = [];
        Part(bad.Count, Status.Fail, "tampered");
        Part(good, Status.Ok, "verified");
        Part(old, Status.Offline, "verified as last pulled");
        Part(unverified, Status.Unknown, "not verified");
        var scope = bad.Count > 0 ? "verdict.bad" : old + unverified > 0 ? "verdict.stale" : "verdict.ok";
        return new AuditBanner(string.Join("  ", parts), scope, bad.Count > 0 ? string.Join(", ", bad) : unverified > 0 ? "V verifies every entry of all copies." : "", null);

        void Part(int count, Status status, string words)
        {
            if (count > 0)
                parts.Add(Format($"{StatusLook.Of(status).Mark(shell.Ascii)} {count} {words}"));
        }
    }

    private static string Signed(AuditState state) => state is { CheckpointAge: { } age, Head.CheckpointSeq: { } seq }
        ? Format($"signed to #{seq} {Ago(age)}") : "nothing in it is signed";

    private static string Compared(AuditState state) => state.ComparedAge is { } age ? $"compared {Ago(age)}" : "never compared";

    private static string Ago(TimeSpan age) => TimeText.Span(age) is var span && span == "now" ? "just now" : $"{span} ago";

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
