using CcConsole.Core;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// Searches the cached copies of the hosts' chains; asks no host. Rows come newest first: those of one host in the order of its chain,
/// those of several merged by their time.
/// </summary>
internal sealed class AuditSearch(CacheDatabase cache)
{
    /// <summary>The entries that a query means, read as they are taken.</summary>
    /// <exception cref="ProblemException">Nothing was pulled from one of the hosts yet.</exception>
    public IEnumerable<AuditRow> Search(AuditQuery query)
    {
        List<ChainHead> copies = Copies(query);
        return Merge(copies.Select(copy => Rows(copy, query))).Take(query.Limit);
    }

    private List<ChainHead> Copies(AuditQuery query)
    {
        IEnumerable<string> hosts = query.Hosts.Count > 0 ? query.Hosts.Distinct(StringComparer.Ordinal) : cache.Chains.Heads().Select(head => head.Host);
        List<ChainHead> copies = [];
        foreach (string host in hosts)
        {
            IReadOnlyList<ChainHead> all = cache.Chains.Copies(host);
            copies.AddRange(all.Where(copy => query.WithRetired || copy.RetiredAt is null) is var held && held.Any() ? held : throw new ProblemException(
                $"Nothing was pulled from the chain of {Plain.Text(host)} yet", $"cc-console audit pull {Plain.Text(host)}"));
        }

        return copies;
    }

    private IEnumerable<AuditRow> Rows(ChainHead copy, AuditQuery query)
    {
        AuditMatch match = new(query);
        foreach (ChainLine line in cache.Chains.LinesBackwards(copy, query.Last))
        {
            if (line.Seq < query.First)
                yield break;
            if (match.Holds(line.Bytes.Span))
                yield return AuditRow.From(line) with { Host = copy.Host };
        }
    }

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
