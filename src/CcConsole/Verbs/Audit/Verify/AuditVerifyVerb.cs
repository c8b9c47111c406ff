using System.CommandLine;
using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>
/// <c>audit verify</c>: chains in files and folders, the hosts' copies in the cache, or what hosts have now. Exit codes: 0 good,
/// 1 tampered with, 2 incomplete, or unanchored where an anchor was asked for, 3 could not be read. Of several the gravest counts: what is
/// known to be tampered with, then what could not be looked at.
/// </summary>
internal static class AuditVerifyVerb
{
    private static readonly int[] ByGravity = [Verb.Good, VerifyOutput.Incomplete, Verdicts.Unreadable, Verb.Findings];

    private static readonly Argument<string[]> Files = new("FILE") { Description = "Files of chains, folders of their segments, or - for standard input; all hosts' copies when neither these nor --host are given, naming hosts that have none", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string[]> Hosts = new("--host") { Description = "Verify the copies of these hosts in the cache", HelpName = "HOST", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Live = new("--live") { Description = "Verify all that the hosts have now, held against their copies" };

    public static Command Create() => Verb.Create(
        "verify", "Verify chains in files, the hosts' copies, or what the hosts have; exit 0 good, 1 tampered with, 2 incomplete, unanchored or without a copy where asked, or put aside and not pulled since, 3 not readable",
        "cc-console audit verify /var/lib/croncommander/audit", RunAsync, [Files, Hosts, Live, .. VerifyRequest.Symbols]);

    private static async Task<int> RunAsync(VerbContext context)
    {
        VerifyRequest options = VerifyRequest.Read(context);
        string[] files = context.Get(Files), hosts = context.Get(Hosts) ?? [];
        int worst = Verb.Good;
        foreach (string file in files) worst = Worse(worst, VerifyFile(context, options, file));
        if (files.Length > 0 && hosts.Length == 0 && !context.Get(Live)) return worst;
        if (options.Remembered is not null) throw new ProblemException("--remembered is of one chain in a file; a host's is held against the head that was remembered of it", "leave it out, or name a file");
        Places places = Places.From(Environment.GetEnvironmentVariable);
        await using FleetControl fleet = FleetFactory.Open(places, Settings.Read(places.Config), readOnly: true);
        AuditState[] without = hosts.Length == 0 && !context.Get(Live) ? [.. fleet.Audit.States().Where(state => state.Head is null)] : [];
        foreach (string host in Named(fleet, hosts, context.Get(Live), without.Any(state => state.IsBad || state.SetAsideAt is not null)))
            worst = Worse(worst, context.Get(Live) ? await VerifyLiveAsync(context, options, fleet, host) : VerifyCopy(context, options, fleet, host));
        foreach (AuditState state in without) worst = Worse(worst, VerifyOutput.WithoutCopy(context, options, state));
        return worst;
    }

    /// <summary>Copies are there of hosts that are no longer in the fleet too.</summary>
    private static string[] Named(FleetControl fleet, string[] words, bool live, bool known)
    {
        string[] copies = [.. fleet.Audit.Heads().Select(head => head.Host)];
        if (words.Length > 0 && !live && words.All(copies.Contains)) return words;
        string[] hosts = words.Length == 0 && !live ? copies : [.. fleet.Hosts.Select(words).Select(host => host.Name)];
        return hosts.Length > 0 || known ? hosts : throw new ProblemException(
            "There is nothing to verify: no FILE, and no chain was pulled yet", "cc-console audit verify FILE, or cc-console audit pull");
    }

    private static int VerifyFile(VerbContext context, VerifyRequest options, string path)
    {
        try
        {
            using ChainSource source = ChainSource.Open(path, isChain: options.Remembered is not null);
            NewestEntry? newest = options.MaxAge is null ? null : new NewestEntry();
            using ReadProgress progress = Progress(source.Stream, source.Bytes, path, newest);
            VerifyFinding finding = Aged(Find(progress, options.Range, options.Remembered, context.Stop), newest?.Time, options) with
            {
                NotAttested = source.NotAttested,
                Anchor = options.Remembered is { } head ? new ChainAnchor(AnchorSource.Given, head) : null,
            };
            progress.Clear();
            return VerifyOutput.Write(context, options, json => json.WriteString("file", path), path, finding);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // No name at all, data that is not what gzip(1) writes: the other files are verified all the same.
            return VerifyOutput.Unreadable(context, json => json.WriteString("file", path), path, e);
        }
    }

    private static int VerifyCopy(VerbContext context, VerifyRequest options, FleetControl fleet, string host)
    {
        try
        {
            var head = fleet.Audit.Head(host);
            var remembered = new RememberedHead(head.Seq + 1, Hash32.Parse(head.Hash), Hash32.Parse(head.GenesisHash));
            using Stream copy = fleet.Audit.Read(host);
            using ReadProgress progress = Progress(copy, head.Offset, host);
            VerifyFinding found = Find(progress, options.Range, remembered, context.Stop);
            CopyVerification verified = new(head, CopyVerification.FromItsStart(found.Result, found.First, head), fleet.Audit.Conflicts(host) is [.., var conflict] ? conflict : null);
            VerifyFinding finding = Aged(verified.Finding with { Range = found.Range }, head.HasEnded ? head.PulledAt : null, options) with { TakenAt = head.LastSeen };
            progress.Clear();
            return VerifyOutput.Write(context, options, json =>
            {
                json.WriteString("host", host);
                AuditOutput.WritePulled(json, head);
                json.WriteString("conflict", finding.Conflict);
            }, $"{host}, {AuditOutput.Age(head)}", finding);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The other hosts are verified all the same.
            return VerifyOutput.Unreadable(context, json => json.WriteString("host", host), host, e);
        }
    }

    private static async Task<int> VerifyLiveAsync(VerbContext context, VerifyRequest options, FleetControl fleet, string host)
    {
        if (options.Range is not null) throw new ProblemException("A range is of a file or a copy; what a host has now is verified whole", "leave --from and --to out, or --live");
        try
        {
            LiveFinding live = await fleet.Audit.VerifyLiveAsync(host, null, context.Stop);
            VerifyFinding finding = new()
            {
                Result = live.Result,
                Anchor = live.Head is { } head ? new ChainAnchor(AnchorSource.Console, new RememberedHead(head.Seq + 1, Hash32.Parse(head.Hash)), head.LastSeen) : null,
                Conflict = live.Conflict is { } conflict ? $"{conflict.Message}; both versions: {conflict.Directory}" : null,
                TakenAt = live.At,
            };
            return VerifyOutput.Write(context, options, json =>
            {
                json.WriteString("host", host);
                if (live.Head is { } known) AuditOutput.WritePulled(json, known);
                else json.WriteNull("pulled_at");
                json.WriteString("conflict", finding.Conflict);
            }, $"{host}, live", finding);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return VerifyOutput.Unreadable(context, json => json.WriteString("host", host), host, e);
        }
    }

    private static VerifyFinding Find(Stream chain, ChainRange? range, RememberedHead? remembered, CancellationToken stop)
    {
        if (range is null) return new VerifyFinding { Result = ChainVerifier.Verify(chain, remembered, cancellation: stop) };
        RangeFinding found = RangeVerification.Verify(chain, range, remembered, stop);
        return new VerifyFinding { Result = found.Result, Range = found };
    }

    /// <summary>STALE where the person asked for something newer; what does not say how old it is, is too old.</summary>
    private static VerifyFinding Aged(VerifyFinding finding, DateTimeOffset? taken, VerifyRequest options) => options.MaxAge is not { } most
        ? finding
        : finding with { Result = finding.Result.Aged(TimeProvider.System.GetUtcNow() - (taken ?? DateTimeOffset.MinValue), most), TakenAt = taken };

    private static ReadProgress Progress(Stream chain, long? bytes, string name, NewestEntry? newest = null) =>
        new(chain, bytes, Plain.Text(name), StandardStreams.IsErrorTerminal ? StandardStreams.Error : null, TimeProvider.System, newest);

    private static int Worse(int one, int other) => Array.IndexOf(ByGravity, one) >= Array.IndexOf(ByGravity, other) ? one : other;
}
