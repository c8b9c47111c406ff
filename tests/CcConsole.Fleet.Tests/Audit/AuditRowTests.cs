using System.Text;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

public sealed class AuditRowTests
{
    [Theory]
    [InlineData(""" "event": "job.missed", "job_id": "j", "reason": "the host was down", "due": "2026-03-01T03:15:00Z", "count": 1 """, "missed 2026-03-01T03:15:00Z: the host was down")]
    [InlineData(""" "event": "job.missed", "reason": "no cron daemon was running", "due": "2026-03-01T03:15:00Z", "last_due": "2026-03-03T03:15:00Z", "count": 3 """,
        "missed 3 times from 2026-03-01T03:15:00Z to 2026-03-03T03:15:00Z: no cron daemon was running")]
    [InlineData(""" "event": "job.missed", "due": "2026-03-01T03:15:00Z" """, "missed 2026-03-01T03:15:00Z")]
    [InlineData(""" "event": "job.finished", "reason": "the host was down", "due": "2026-03-01T03:15:00Z" """, "")]
    public void A_missed_run_says_when_it_was_due_how_often_and_why(string members, string words) =>
        Assert.Equal(words, AuditRow.From(new ChainLine(3, Encoding.UTF8.GetBytes($"{{{members}}}"))).Words);
}
