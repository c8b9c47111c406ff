using CcConsole.Core;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// Searches the cached copies of the hosts' chains; asks no host. Rows come newest first: those of one host in the order of its chain,
/// those of several merged by their time.
/// </summary>
public sealed class AuditSearch
{
    private static readonly TimeSpan AtPull = TimeSpan.FromMilliseconds(250);

    private readonly CacheDatabase _cache;

    internal AuditSearch(CacheDatabase cache) => _cache = cache;

    /// <summary>
    /// Takes entries that are not yet in the index into it, which a search otherwise does by itself, without a word. Entries that
    /// it cannot take in are found too, by reading through them.
    /// </summary>
    /// <param name="progress">Told how many are done of how many.</param>
    /// <param name="cancellation">Gives up; what was done stays.</param>
    /// <returns>Why the index cannot be written; null when it holds all.</returns>
    public ProblemException? UpdateIndex(IProgress<IndexProgress>? progress = null, CancellationToken cancellation = default)
    {
        try
        {
            _cache.Index.Update(progress, cancellation);
            return null;
        }
        catch (ProblemException problem)
        {
            return problem;
        }
    }

    /// <summary>The entries that a query means, read as they are taken.</summary>
    /// <param name="query">The query.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">Nothing was pulled from one of the hosts yet.</exception>
    public IEnumerable<AuditRow> Search(AuditQuery query, CancellationToken cancellation = default)
    {
        IReadOnlyList<ChainHead> copies = Copies(query);
        if (new AuditMatch(query).Asks)
            _ = UpdateIndex(cancellation: cancellation);
        return Merge(copies.Select(copy => Rows(copy, query, cancellation))).Take(query.Limit);
    }

    /// <summary>
    /// Takes a host's new entries into the index, for a moment at most: what is left is taken in after the next pull or before a search. A pull
    /// does not fail for its index; the next search says why.
    /// </summary>
    internal void AfterPull(string host)
    {
        try
        {
            _ = _cache.Index.Update(host, AtPull);
        }
        catch (ProblemException)
        {
            // The entries are stored, and are found by reading through them.
        }
    }

    /// <summary>The copies in which a query looks, oldest first for each host.</summary>
    /// <exception cref="ProblemException">Nothing was pulled from one of the hosts yet.</exception>
    public IReadOnlyList<ChainHead> Copies(AuditQuery query)
    {
        ILookup<string, ChainHead> held = _cache.Chains.All().Where(copy => query.WithRetired || copy.RetiredAt is null).ToLookup(copy => copy.Host, StringComparer.Ordinal);
        IEnumerable<string> hosts = query.Hosts.Count > 0 ? query.Hosts.Distinct(StringComparer.Ordinal) : held.Select(of => of.Key).Order(StringComparer.Ordinal);
        List<ChainHead> copies = [];
        foreach (string host in hosts)
        {
            copies.AddRange(held.Contains(host) ? held[host] : throw NoCopy.Of(_cache, host));
        }

        return copies;
    }

    /// <summary>The hosts of a query that have no copy in use: with them it is a problem.</summary>
    public IReadOnlyList<string> NotPulled(AuditQuery query)
    {
        HashSet<string> held = [.. _cache.Chains.All().Where(copy => query.WithRetired || copy.RetiredAt is null).Select(copy => copy.Host)];
        return [.. query.Hosts.Distinct(StringComparer.Ordinal).Where(host => !held.Contains(host))];
    }

    private IEnumerable<AuditRow> Rows(ChainHead copy, AuditQuery query, CancellationToken cancellation) =>
        _cache.Index.Find(copy, query, cancellation).Select(line => AuditRow.From(line) with { Host = copy.Host });

    private static IEnumerable<AuditRow> Merge(IEnumerable<IEnumerable<AuditRow>> copies)
    {
        PriorityQueue<IEnumerator<AuditRow>, (long Time, int Copy)> newest = new(Comparer<(long Time, int Copy)>.Create(
            (a, b) => a.Time != b.Time ? b.Time.CompareTo(a.Time) : a.Copy.CompareTo(b.Copy)));
        List<IEnumerator<AuditRow>> open = [];
        try
        {
            foreach (IEnumerable<AuditRow> rows in copies)
            {
                IEnumerator<AuditRow> next = rows.GetEnumerator();
                open.Add(next);
                if (next.MoveNext())
                    newest.Enqueue(next, (Ticks(next.Current, long.MaxValue), open.Count));
            }

            while (newest.TryDequeue(out IEnumerator<AuditRow>? next, out (long Time, int Copy) place))
            {
                yield return next.Current;
                // An entry without a time stays with the one after it.
                if (next.MoveNext())
                    newest.Enqueue(next, (Ticks(next.Current, place.Time), place.Copy));
            }
        }
        finally
        {
            open.ForEach(rows => rows.Dispose());
        }
    }

    private static long Ticks(AuditRow row, long otherwise) => row.Time?.UtcTicks ?? otherwise;
}
