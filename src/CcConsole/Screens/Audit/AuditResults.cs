using System.Globalization;
using CcConsole.Core;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>
/// The entries that a filter means, looked for while the person types on: the newest question is answered, one that was asked before is
/// given up.
/// </summary>
internal sealed class AuditResults(Shell shell, Action changed, CancellationToken closing)
{
    private CancellationTokenSource? _running;
    private string? _wanted;

    /// <summary>What was found last, newest first.</summary>
    public IReadOnlyList<AuditLine> Lines { get; private set; } = [];

    /// <summary>Whether an answer is awaited.</summary>
    public bool IsSearching => _running is not null;

    /// <summary>Why there is no answer; null when there is one.</summary>
    public ProblemException? Problem { get; private set; }

    /// <summary>What is asked; null before anything was.</summary>
    public AuditQuery? Query { get; private set; }

    /// <summary>Whether more match than are shown.</summary>
    public bool IsCut => Lines.Count == AuditFilter.Most;

    /// <summary>The entries that the search leaves out, in words: those in archives. Empty when there are none, or nothing was searched.</summary>
    /// <param name="heads">The copies that were searched.</param>
    /// <param name="named">Whether each host is named.</param>
    public string NotSearched(IReadOnlyList<ChainHead> heads, bool named)
    {
        if (Problem is not null || Query is not { } query)
            return "";
        List<string> archived = [.. heads.Where(head => head.Archived > Math.Max(head.First, query.First) && query.Hosts.Contains(head.Host))
            .Select(head => string.Create(CultureInfo.InvariantCulture, $"{(named ? $"{head.Host} " : "")}#{head.First}-#{head.Archived - 1}"))];
        return archived.Count == 0 ? "" : $"archived, not searched: {string.Join(", ", archived)}";
    }

    /// <summary>Forgets the answer: what it was made from has changed.</summary>
    public void Forget() => _wanted = null;

    /// <summary>Looks for what a filter means, unless that was done.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="parse">Reads it.</param>
    public void Want(string filter, Func<string, AuditQuery> parse)
    {
        if (_wanted == filter)
            return;
        _wanted = filter;
        _running?.Cancel();
        try
        {
            var query = parse(filter);
            (Query, Problem, _running) = (query, null, CancellationTokenSource.CreateLinkedTokenSource(closing));
            var mine = _running;
            shell.Operations.Watch(_ => SearchAsync(query, mine), closing);
        }
        catch (ProblemException problem)
        {
            (Problem, Lines, _running) = (problem, [], null);
        }
    }

    private async Task SearchAsync(AuditQuery query, CancellationTokenSource mine)
    {
        var zone = shell.Application.Time.LocalTimeZone;
        try
        {
            var found = await Task.Run(() =>
            {
                var lines = new List<AuditLine>();
                foreach (var row in shell.Fleet.Audit.Search(query, mine.Token))
                {
                    mine.Token.ThrowIfCancellationRequested();
                    lines.Add(AuditLine.Of(row.Host, row, zone));
                }
                return lines;
            }, mine.Token);
            if (_running == mine)
                (Lines, _running) = (found, null);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            // The screen was left: what is still read for it must not cancel a search that is over.
            if (_running == mine)
                _running = null;
            return;
        }
        catch (ProblemException problem)
        {
            if (_running == mine)
                (Problem, Lines, _running) = (problem, [], null);
        }
        finally
        {
            mine.Dispose();
        }
        changed();
    }
}
