using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using Xunit;

namespace CcConsole.Core.Tests.Jobs;

public sealed class JobTableTests
{
    private const string Table = """
        # head
        #cc: name=Nightly backup
        0 2 * * * /a/cc-agent exec --job-id 'backup-1a2b3c' --socket-path '/s' -- /bin/sh -c 'tar c '\''x y'\'' \%'
        5 * * * * date +\%F
        5 * * * * date +\%F
        #cc-paused @daily clean
        61 * * * * bad

        """;

    [Fact]
    public void Every_line_that_is_meant_to_run_is_a_job()
    {
        var jobs = Parse(Table).Jobs;
        Assert.Equal([JobState.Active, JobState.Active, JobState.Active, JobState.Paused, JobState.Unparsed], jobs.Select(job => job.State));
        Assert.Equal(("backup-1a2b3c", "Nightly backup", "tar c 'x y' %", true, 3), (jobs[0].Id, jobs[0].Name, jobs[0].Command, jobs[0].IsManaged, jobs[0].LineNumber));
        Assert.Equal(("date +%F", false, "5 * * * *"), (jobs[1].Command, jobs[1].IsManaged, jobs[1].ScheduleText));
        Assert.Equal(jobs[1].Id + "~2", jobs[2].Id);
        Assert.Contains("bad minute", jobs[4].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_id_stays_while_its_line_does()
    {
        var table = Parse(Table);
        var document = table.Document;
        var paused = JobTable.From(document.Pause(table.Jobs[1].Entry!));
        Assert.Contains(paused.Jobs, job => job.Id == table.Jobs[1].Id && job.State == JobState.Paused);
        Assert.Equal(table.Jobs[3].Id, JobTable.From(document.Resume(table.Jobs[3].Entry!)).Jobs[3].Id);
        Assert.Equal(table.Jobs[3].Id, JobTable.From(document.Remove(table.Jobs[0].Entry!)).Jobs[2].Id);
    }

    [Fact]
    public void A_job_is_found_by_id_by_its_beginning_and_by_name()
    {
        var table = Parse(Table);
        Assert.Same(table.Jobs[0], table.Find("backup-1a2b3c"));
        Assert.Same(table.Jobs[0], table.Find("backup"));
        Assert.Same(table.Jobs[0], table.Find("nightly BACKUP"));
        Assert.Same(table.Jobs[1], table.Find(table.Jobs[1].Id));
        Assert.Contains("jobs", Assert.Throws<ProblemException>(() => table.Find("line-")).Message, StringComparison.Ordinal);
        Assert.Throws<ProblemException>(() => table.Find("nope"));
        Assert.Throws<ProblemException>(() => table.Find(""));
    }

    [Theory]
    [InlineData("Nightly Backup (db)", "nightly-backup-db-010203")]
    [InlineData("", "job-010203")]
    [InlineData("é✓", "job-010203")]
    [InlineData("/usr/bin/x --y", "usr-bin-x-y-010203")]
    public void An_id_is_made_of_the_name_and_random_bytes(string name, string id)
    {
        Assert.Equal(id, JobId.Create(name, [1, 2, 3]));
        Assert.True(JobId.IsValid(id));
        Assert.True(JobId.IsValid(JobId.Create(new string('a', 500), [1, 2, 3, 4, 5, 6, 7, 8, 9])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("a/b")]
    public void What_is_not_an_id_is_told(string id) => Assert.False(JobId.IsValid(id));

    private static JobTable Parse(string text) =>
        JobTable.From(CrontabDocument.Parse(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")), CronDialect.Debian));
}
