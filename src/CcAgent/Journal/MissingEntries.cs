using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>Gives its entry to each report that has none: a crash between the two writes of a batch leaves such reports.</summary>
internal sealed class MissingEntries
{
    private readonly ReportJournal _reports;
    private readonly ChainJournal _chain;
    private readonly UserNames _users;

    internal MissingEntries(ReportJournal reports, ChainJournal chain, UserNames users) => (_reports, _chain, _users) = (reports, chain, users);

    /// <summary>Adds them; on return they are durable.</summary>
    internal void Add()
    {
        if (_chain.Reports >= _reports.NextSeq)
            return;
        var added = 0;
        _chain.Begin(BatchWriter.MostAtOnce);
        _reports.Read(_chain.Reports, (seq, line) =>
        {
            Add(seq, line);
            if (++added % BatchWriter.MostAtOnce == 0)
            {
                _chain.Commit(seq + 1);
                _chain.Tend();
                _chain.Begin(BatchWriter.MostAtOnce);
            }

            return seq + 1 < _reports.NextSeq;
        });
        _chain.Commit(_reports.NextSeq);
    }

    private void Add(long seq, ReadOnlySpan<byte> line)
    {
        var digest = Sha256.Hash(line[..^1]);
        if (ReportLine.Recorded(line) is { } recorded)
        {
            _chain.Add(
                EntryMembers.Event(recorded.Report), [.. EntryMembers.Finished(recorded.Report, seq, digest, recorded.Uid, _users.Of(recorded.Uid))]);
        }
        else
        {
            _chain.Add(
                AuditEvents.ReportRejected,
                [new("reason", "a line of the report journal that has no entry is not a report"), new("report", seq), new("report_sha256", digest.ToString())]);
        }
    }
}
