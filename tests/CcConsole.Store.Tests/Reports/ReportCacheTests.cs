using CcConsole.Store.Reports;
using Xunit;

namespace CcConsole.Store.Tests.Reports;

public sealed class ReportCacheTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_report_comes_back_byte_for_byte()
    {
        ReportCache reports = _cache.Open().Reports;
        StoredReport stored = Assert.Single(reports.Add([Sample.Report("web01", 7, exit: 3)]));
        StoredReport found = reports.Find(stored.Id)!;
        Assert.Equal(stored.Json.ToArray(), found.Json.ToArray());
        Assert.Equal(stored with { Json = found.Json }, found);
        Assert.Equal(7, reports.LastSeq("web01"));
        Assert.Null(reports.LastSeq("web02"));
        Assert.Null(reports.Find(stored.Id + 1));
    }

    [Fact]
    public void The_same_report_is_stored_once_and_another_one_with_its_number_is_kept()
    {
        ReportCache reports = _cache.Open().Reports;
        Assert.Single(reports.Add([Sample.Report("web01", 1)]));
        Assert.Empty(reports.Add([Sample.Report("web01", 1)]));
        Assert.Single(reports.Add([Sample.Report("web01", 1, "other")]));
        Assert.Equal(2, reports.List(new ReportFilter()).Count);
        StoredReport again = reports.Keep(Sample.Report("web01", 1, "other"));
        Assert.Equal(reports.LastId(), again.Id);
        Assert.True(reports.Keep(Sample.Report("web01", 2)).Id > again.Id);
    }

    [Fact]
    public void Lists_are_filtered_and_newest_first()
    {
        ReportCache reports = _cache.Open().Reports;
        reports.Add([.. Enumerable.Range(0, 20).Select(i => Sample.Report(i % 2 == 0 ? "a" : "b", i, i < 10 ? "early" : "late", i % 5 == 0 ? 1 : 0))]);
        Assert.Equal([19, 18, 17], reports.List(new ReportFilter { Limit = 3 }).Select(report => report.Seq));
        Assert.Equal([15, 5], reports.List(new ReportFilter { Host = "b", FailuresOnly = true }).Select(report => report.Seq));
        Assert.Equal([8, 6], reports.List(new ReportFilter { Host = "a", JobId = "early", Limit = 2 }).Select(report => report.Seq));
        Assert.Equal([4, 3], reports.List(new ReportFilter { From = Sample.Start.AddMinutes(3), Until = Sample.Start.AddMinutes(5) }).Select(report => report.Seq));
        long last = reports.List(new ReportFilter { Limit = 1 })[0].Id;
        reports.Add([Sample.Report("a", 1, "new")]);
        Assert.Equal("new", Assert.Single(reports.List(new ReportFilter { AfterId = last })).JobId);
    }

    [Fact]
    public void A_run_that_was_refused_and_one_that_was_lost_are_told_from_those_that_ended()
    {
        ReportCache reports = _cache.Open().Reports;
        reports.Add([Sample.Report("web01", 1) with { Refused = "overlap" }, Sample.Report("web01", 2, exit: -1) with { IsLost = true }, Sample.Report("web01", 3)]);
        Assert.Equal([(null, false), (null, true), ("overlap", false)], reports.List(new ReportFilter()).Select(report => (report.Refused, report.IsLost)));
        Assert.Equal([(null, false), (null, true), ("overlap", false)], reports.LastRunsOfHost("web01", 12)["backup"].Select(run => (run.Refused, run.IsLost)));
        Assert.Equal(1, reports.Failures("web01", Sample.Start));
    }

    [Fact]
    public void The_last_runs_of_every_job_come_in_one_reading()
    {
        ReportCache reports = _cache.Open().Reports;
        reports.Add([.. Enumerable.Range(0, 30).Select(i => Sample.Report("web01", i, i % 3 == 0 ? "rare" : "often", i == 29 ? 2 : 0))]);
        reports.Add([Sample.Report("web02", 99, "often")]);
        IReadOnlyDictionary<string, IReadOnlyList<RunSummary>> runs = reports.LastRunsOfHost("web01", 12);
        Assert.Equal(["often", "rare"], runs.Keys.Order());
        Assert.Equal(12, runs["often"].Count);
        Assert.Equal(10, runs["rare"].Count);
        Assert.Equal(2, runs["often"][0].ExitCode);
        Assert.Equal(Sample.Start.AddMinutes(29), runs["often"][0].StartedAt);
        Assert.Equal(reports.LastRuns("web01", "often", 12).Select(report => report.Id), runs["often"].Select(run => run.ReportId));
        Assert.Equal(1, reports.Failures("web01", Sample.Start));
        Assert.Equal(0, reports.Failures("web01", Sample.Start.AddMinutes(30)));
    }
}
