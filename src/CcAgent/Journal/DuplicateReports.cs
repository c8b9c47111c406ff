namespace CcAgent.Journal;

/// <summary>
/// Tells a report that is delivered again from a new one: by the runs that were recorded last and, for what lies in a spool, where it
/// may have been left by a crash, by those that the journal holds.
/// </summary>
internal sealed class DuplicateReports
{
    // A report is spooled when the daemon did not answer within seconds, and is taken in soon after.
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    private readonly KnownRuns _known;
    private RecentRuns _recent = new();

    /// <param name="reports">The directory of the report journal.</param>
    internal DuplicateReports(string reports) => _known = new KnownRuns(reports);

    /// <summary>Before a batch: reads what is to be known for its reports.</summary>
    internal void Begin(IReadOnlyList<RecordRequest> batch)
    {
        _known.Trim();
        Cover(batch);
    }

    /// <summary>Whether a report is to be recorded, and then counts as recorded.</summary>
    /// <param name="report">The report.</param>
    /// <param name="again">Whether a report of its run was recorded before.</param>
    internal bool Admits(ReportRequest report, out bool again)
    {
        again = false;
        if (report.Report.RunId is not { } run)
            return true;
        var key = ReportLine.RunKey(report.Uid, run);
        var content = ReportLine.ContentKey(key, report.Bytes.Span);
        again = IsKnown(report, key);
        // That a run was lost is worth nothing once there is any report of it.
        if (again && (report.Report.Lost == true || IsKnown(report, content)))
            return false;
        foreach (var each in (ReadOnlySpan<string>)[key, content])
        {
            _recent.Add(each);
            _known.Add(each);
        }

        return true;
    }

    /// <summary>What counts as recorded may not be after all.</summary>
    internal void Forget()
    {
        _recent = new RecentRuns();
        _known.Forget();
    }

    private bool IsKnown(ReportRequest report, string key) => _recent.Contains(key) || (report.Spooled is not null && _known.Contains(key));

    // A spooled report may have been recorded before a crash that kept its file: after its run began, which is its own word,
    // and not long before its file was made, which is the kernel's; so nobody can have the whole journal read.
    private void Cover(IReadOnlyList<RecordRequest> batch)
    {
        DateTimeOffset? earliest = null;
        foreach (var request in batch)
        {
            if (request is not ReportRequest { Spooled: { } spooled, Report: { RunId: not null, StartTime: var start } })
                continue;
            var since = start > spooled - Margin ? start : spooled - Margin;
            // A start after the file was made: the clock has been set back since.
            if (since > spooled)
                since = spooled;
            if (earliest is null || since < earliest)
                earliest = since;
        }

        if (earliest is { } first)
            _known.Cover(UnixMicros.Of(first));
    }
}
