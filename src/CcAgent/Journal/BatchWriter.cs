using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// Writes a batch of requests: its reports, to disk; then the entries of all, to disk. What became of each is said only when both are done.
/// </summary>
internal sealed class BatchWriter
{
    /// <summary>In one write, before which a checkpoint may be due and in which there is room for one alone.</summary>
    internal const int MostAtOnce = 512;

    private readonly ReportJournal _reports;
    private readonly ChainJournal _chain;
    private readonly DuplicateReports _duplicates;
    private readonly Suppression _suppression;
    private readonly UserNames _users;
    private readonly TimeProvider _time;

    internal BatchWriter(
        ReportJournal reports, ChainJournal chain, DuplicateReports duplicates, Suppression suppression, UserNames users, TimeProvider time) =>
        (_reports, _chain, _duplicates, _suppression, _users, _time) = (reports, chain, duplicates, suppression, users, time);

    /// <summary>Who hears of reports and entries; null for nobody.</summary>
    internal IRecordListener? Listener { get; set; }

    /// <summary>Writes a batch; on return it is durable.</summary>
    /// <param name="batch">At most <see cref="MostAtOnce"/> requests.</param>
    /// <param name="answers">Takes the answer to each; they hold only when this returns.</param>
    internal void Write(IReadOnlyList<RecordRequest> batch, RecordAnswer[] answers)
    {
        var lines = new Hash32[batch.Count];
        var seqs = new long[batch.Count];
        var again = new bool[batch.Count];
        var received = UnixMicros.Of(_time.GetUtcNow());
        _duplicates.Begin(batch);
        for (var i = 0; i < batch.Count; i++)
        {
            seqs[i] = -1;
            if (batch[i] is not ReportRequest report || !_duplicates.Admits(report, out again[i]))
                continue;
            seqs[i] = _reports.NextSeq;
            lines[i] = Sha256.Hash(_reports.Add(received, report.Uid, report.Bytes.Span));
        }

        _reports.Commit();
        _chain.Begin(batch.Count);
        for (var i = 0; i < batch.Count; i++)
            answers[i] = Entry(batch[i], seqs[i], lines[i], again[i]);
        _chain.Commit(_reports.NextSeq);
        _suppression.Keep();
    }

    private RecordAnswer Entry(RecordRequest request, long seq, Hash32 line, bool again)
    {
        switch (request)
        {
            case ReportRequest when seq < 0:
                return new RecordAnswer(true, true, -1, "it was recorded before");
            case ReportRequest report:
                Listener?.Reported(report.Report, report.Uid);
                return Added(EntryMembers.Event(report.Report), EntryMembers.Finished(report.Report, seq, line, report.Uid, _users.Of(report.Uid), again));
            case RejectedRequest rejected when !_suppression.Admits(rejected.Uid, AuditEvents.ReportRejected, rejected.Reason):
                return new RecordAnswer(false, true, -1, rejected.Reason);
            case RejectedRequest rejected:
                return Added(AuditEvents.ReportRejected, EntryMembers.Rejected(rejected, _users.Of(rejected.Uid))) with { Good = false, Message = rejected.Reason };
            case EntryRequest entry:
                return Added(entry.Event, entry.Members);
            // Who has a key with a policy can be refused as often as he likes.
            case AppendRequest { Entry: { Event: AuditEvents.AccessRefused } refused } when !_suppression.Admits(request.Uid, refused.Event, refused.Method ?? ""):
                return new RecordAnswer(false, true, -1, "so many were refused that this one is only counted");
            default:
                var append = (AppendRequest)request;
                try
                {
                    var answer = Added(append.Entry.Event, EntryMembers.Appended(append.Entry, append.Uid, _users.Of(append.Uid)));
                    Listener?.Appended(append.Entry);
                    return answer;
                }
                catch (ProblemException e)
                {
                    // It fits in no line, and nothing of it has been added: a fault of whoever asks for it alone.
                    return new RecordAnswer(false, false, -1, e.Message);
                }
        }
    }

    private RecordAnswer Added(string eventName, IReadOnlyList<AuditMember> members)
    {
        var seq = _chain.NextSeq;
        return new RecordAnswer(true, true, seq, _chain.Add(eventName, [.. members]).ToString());
    }
}
