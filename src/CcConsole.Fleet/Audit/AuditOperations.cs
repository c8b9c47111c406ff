using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Access;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// The hosts' audit chains: pulls, and everything that works from the verified copies alone, with no host reachable.
/// </summary>
public sealed class AuditOperations
{
    private readonly SessionPool _sessions;
    private readonly HostDirectory _hosts;
    private readonly CacheDatabase _cache;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;
    private readonly AuditStates _states;
    private readonly HostPulls _pulls;
    private readonly OwnCopy _own;
    private readonly CopyArchiving _archiving;

    internal AuditOperations(SessionPool sessions, HostDirectory hosts, CacheDatabase cache, FleetOptions options, ReadOnlyGuard guard)
    {
        (_sessions, _hosts, _cache, _options, _guard) = (sessions, hosts, cache, options, guard);
        (_states, Index, _own) = (new AuditStates(cache, options), new AuditSearch(cache), new OwnCopy(cache, options, guard.Own));
        _archiving = new CopyArchiving(cache, options, guard.Own);
        _pulls = new HostPulls(sessions, cache, options, guard.Own, Index, _archiving);
        Evidence = new EvidenceExport(cache, options, Index, (host, cancellation) => Verify(host, cancellation: cancellation));
    }

    /// <summary>Entries with their proofs: shown, and exported for others to check.</summary>
    public EvidenceExport Evidence { get; }

    /// <summary>
    /// Takes a host's new entries into the cache, verified against what was seen before. What contradicts the copy is a result, not an
    /// exception; the host then stays flagged until <see cref="Resolve(Resolution)"/>.
    /// </summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="deep">True: every entry that the host has is first held against the copy, which finds what was changed there after it
    /// was seen here; false: only the last one, unless the settings want all now (<see cref="FleetOptions.DeepInterval"/>).</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">The host is not reached, or has no agent.</exception>
    public Task<PullResult> PullAsync(string host, bool deep = false, CancellationToken cancellation = default) => _pulls.RunAsync(host, deep, waits: true, cancellation);

    /// <summary>The same in the background: a comparison that is due is left to a later pull while other hosts are at theirs.</summary>
    internal Task<PullResult> PullInTurnAsync(string host, CancellationToken cancellation) => _pulls.RunAsync(host, deep: false, waits: false, cancellation);

    /// <summary>
    /// How a host's chain stands: verdict, age, last checkpoint. Asks no host, and knows those too from which nothing was pulled. The console's own
    /// chain as it was when heads were read last: screens ask while they draw, and taking it in writes to the cache.
    /// </summary>
    public AuditState State(string host) => _states.Of(host);

    /// <summary>The same by name of every host of the fleet, and of others from which something was pulled or that contradict what was seen.</summary>
    public IReadOnlyList<AuditState> States()
    {
        _own.Refresh();
        return _states.All(_hosts.List().Select(host => host.Name));
    }

    /// <summary>
    /// Verifies every entry that a host has now against what was seen before, and stores none of it. Where it finds something, a deep pull
    /// keeps both versions and flags the host.
    /// </summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="progress">Told how many entries are done, as they come.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">The host is not reached, or has no agent.</exception>
    public async Task<LiveFinding> VerifyLiveAsync(string host, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        HostConnection connection = await _sessions.Get(host).ConnectAsync(cancellation).ConfigureAwait(false);
        AgentSession agent = connection.RequireAgent("only an agent keeps a chain");
        LiveFinding found = await new LiveVerification(_cache, _options, agent, host).RunAsync(progress, cancellation).ConfigureAwait(false);
        bool isContradicted = found.Result.Verdict.ExitCode() == 1 || (found.Head is not null && !found.Result.Anchored);
        return !isContradicted || found.Conflict is { Witness: null }
            ? found
            : found with { Conflict = (await PullAsync(host, deep: true, cancellation).ConfigureAwait(false)).Conflict };
    }

    /// <summary>A host's copy as the file that the host holds, read as it is consumed.</summary>
    /// <exception cref="ProblemException">There is no copy of it in use.</exception>
    public Stream Read(string host) => _cache.Chains.OpenRead(Head(host));

    /// <summary>The remembered heads, by host.</summary>
    public IReadOnlyList<ChainHead> Heads()
    {
        _own.Refresh();
        return _cache.Chains.Heads();
    }

    /// <summary>The remembered head of a host, or of the console's own chain (<see cref="OwnChain.Name"/>).</summary>
    /// <exception cref="ProblemException">There is no copy of it in use.</exception>
    public ChainHead Head(string host)
    {
        if (host == OwnChain.Name)
        {
            _own.Refresh();
        }

        return _cache.Chains.Head(host) ?? throw (host == OwnChain.Name
            ? new ProblemException("This console has done nothing yet that its own audit chain would hold", "It begins with the first pull or change.")
            : NoCopy.Of(_cache, host));
    }

    /// <summary>The entries of a host's copy, newest first; read as they are taken.</summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="last">The newest to begin with.</param>
    public IEnumerable<AuditRow> Entries(string host, long last = long.MaxValue) => _cache.Chains.LinesBackwards(Head(host), last).Select(AuditRow.From);

    /// <summary>The entries that a query means, over one host, several or all: newest first, read as they are taken, each with its host.</summary>
    /// <exception cref="ProblemException">Nothing was pulled from one of the hosts yet.</exception>
    public IEnumerable<AuditRow> Search(AuditQuery query, CancellationToken cancellation = default) => Index.Search(query, cancellation);

    /// <summary>What a search looks in, and its index.</summary>
    public AuditSearch Index { get; }

    /// <summary>The entries of a range of a copy in order, both ends included; those that are not held are left out. For ranges of a screen.</summary>
    public IReadOnlyList<AuditRow> Range(ChainHead head, long first, long last) => [.. _cache.Chains.Lines(head, first, last).Select(AuditRow.From)];

    /// <summary>One entry of a host's copy.</summary>
    /// <exception cref="ProblemException">It is not held.</exception>
    public AuditRow Entry(string host, long seq)
    {
        ChainHead head = Head(host);
        return seq >= 0 && _cache.Chains.Line(head, seq) is { } line ? AuditRow.From(line) : throw new ProblemException(
            $"The copy of {Plain.Text(host)} has no entry #{seq}: it goes from #{head.First} to #{head.Seq}", $"cc-console audit pull {Plain.Text(host)} takes what is new.");
    }

    /// <summary>Verifies every line of a host's copy against its remembered head, signatures too; asks no host.</summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="progress">Told how many entries are done, every few thousand, by whatever thread.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">There is no copy of it in use.</exception>
    public CopyVerification Verify(string host, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ChainHead head = Head(host);
        using Stream copy = _cache.Chains.OpenRead(head);
        VerifyResult result = ChainVerifier.Verify(copy, new VerifyOptions
        {
            Remembered = new RememberedHead(head.Seq + 1, Hash32.Parse(head.Hash), Hash32.Parse(head.GenesisHash)),
            Progress = progress is null ? null : new EntriesDone(progress),
        }, cancellation);
        return new CopyVerification(head, CopyVerification.FromItsStart(result, result.FirstSeq, head), _cache.Conflicts.Open(host) is [.., var conflict] ? conflict : null);
    }

    private sealed class EntriesDone(IProgress<long> told) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value) => told.Report(value.Entries);
    }

    /// <summary>
    /// The same of a copy that was verified here before and was added to since: of what was whole then only the new entries are gone over. What was
    /// changed in the cache meanwhile does not show.
    /// </summary>
    /// <param name="before">What was found before.</param>
    /// <param name="progress">As of <see cref="Verify(string, IProgress{long}?, CancellationToken)"/>, where every line is gone over after all.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">There is no copy of it in use.</exception>
    public CopyVerification VerifyAdded(CopyVerification before, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        ChainHead head = Head(before.Head.Host);
        return GrownCopy.Verify(_cache, before, head, cancellation) is { } result
            ? new CopyVerification(head, result, _cache.Conflicts.Open(head.Host) is [.., var conflict] ? conflict : null)
            : Verify(head.Host, progress, cancellation);
    }

    /// <summary>Writes a host's copy to a new file (0600), byte for byte as the host's own: any verifier of the format reads it.</summary>
    /// <exception cref="ProblemException">The file exists or cannot be written, or nothing was pulled yet.</exception>
    public long Export(string host, string path)
    {
        using Stream copy = _cache.Chains.OpenRead(Head(host));
        if (Path.Exists(path))
        {
            throw new ProblemException($"{Plain.Text(path)} is there already", "Name a file that does not exist, in a folder of yours.");
        }

        // What is at its place is whole.
        path = Path.GetFullPath(path);
        string scratch = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            long bytes;
            using (FileStream file = PrivatePath.CreateFile(scratch))
            {
                copy.CopyTo(file);
                file.Flush(flushToDisk: true);
                bytes = file.Length;
            }

            PrivatePath.Place(scratch, path);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The copy of {host} could not be written to {path}: {e.Message}", "Name a file that does not exist, in a folder of yours.", e);
        }
        finally
        {
            // Where not even its folder is there, deleting it would fail in the place of what went wrong.
            if (File.Exists(scratch))
            {
                File.Delete(scratch);
            }
        }
    }

    /// <summary>Moves a copy's entries before one into its archive file. Nothing is asked of the host.</summary>
    /// <exception cref="ProblemException">Nothing was pulled, the console's own chain cannot be written, or the file cannot: the cache has all entries then.</exception>
    public Archived Archive(string host, long before)
    {
        _guard.Demand($"moving entries of {host} into the archive");
        return _archiving.Move(Head(host), before);
    }

    /// <summary>Moves a copy's entries that are older than so long into its archive file; the newest stays.</summary>
    /// <exception cref="ProblemException">As <see cref="Archive(string, long)"/>.</exception>
    public Archived Archive(string host, TimeSpan age)
    {
        _guard.Demand($"moving entries of {host} into the archive");
        return _archiving.Move(Head(host), age);
    }

    /// <summary>Contradictions that no one has resolved.</summary>
    public IReadOnlyList<ChainConflict> Conflicts(string? host = null) => _cache.Conflicts.Open(host);

    /// <summary>All contradictions, resolved ones too.</summary>
    public IReadOnlyList<ChainConflict> AllConflicts(string? host = null) => _cache.Conflicts.All(host);

    /// <summary>What there is to resolve of a host, and what that decides: to be shown before <see cref="Resolve(Resolution)"/>.</summary>
    /// <exception cref="ProblemException">There is nothing to resolve.</exception>
    public Resolution ToResolve(string host) => Resolution.Of(_cache, host)
        ?? throw new ProblemException($"There is no open conflict of {Plain.Text(host)}", "cc-console audit heads shows the verdicts.");

    /// <summary>Resolves all that is open of a host now: as <see cref="Resolve(Resolution)"/>.</summary>
    public bool Resolve(string host) => Resolve(ToResolve(host));

    /// <summary>
    /// Notes that a person has looked at a host's contradictions. Where only the SSH key was another, the one that was found is pinned and the
    /// copy goes on; so it does where only the word of other consoles stood against it, which does not count then. Else the host's chain is taken as it is now: the evidence and the old copy stay; the next pull begins a new copy.
    /// What was found since they were read stays open.
    /// </summary>
    /// <returns>True when the copy goes on.</returns>
    /// <exception cref="ProblemException">The console is read-only, or its own chain cannot be written.</exception>
    public bool Resolve(Resolution decided)
    {
        ArgumentNullException.ThrowIfNull(decided);
        string host = decided.Host;
        IReadOnlyList<ChainConflict> open = decided.Open;
        _guard.Demand($"resolving the conflict of {host}");
        string decision = !decided.GoesOn ? "a new copy begins" : string.Join("; ", new[]
        {
            decided.Key is null ? null : "the other key is the host's", decided.Witnesses.Count == 0 ? null : "the word of the witness does not count",
        }.OfType<string>());
        string? unrecorded = _guard.Own.Record(AuditEvents.AuditResolved, host, new AuditMember("verdict", open[^1].Verdict), new AuditMember("at_seq", open[^1].Seq),
            new AuditMember("decision", decision), new AuditMember("fingerprint", decided.Key), new AuditMember("witnesses", decided.Witnesses));
        if (unrecorded is not null)
        {
            throw new ProblemException($"{unrecorded}; nothing was resolved");
        }

        _cache.Conflicts.Resolve(open.Select(conflict => conflict.Id), _options.Actor);
        if (decided.GoesOn)
        {
            foreach (ChainConflict conflict in open.Where(conflict => conflict.Witness is not null))
            {
                _cache.Claims.Forget(conflict.Chain, conflict.Witness!);
            }

            if (decided.Key is { } key)
            {
                _cache.Chains.Pin(host, key);
            }

            return true;
        }

        if (_cache.Chains.Head(host) is { } head)
        {
            _cache.Claims.Forget(head.Chain);
        }

        _cache.Chains.Retire(host);
        return false;
    }
}
