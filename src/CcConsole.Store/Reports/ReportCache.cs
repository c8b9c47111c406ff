using CcConsole.Core.Audit;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Reports;

/// <summary>Reports as they came, each once.</summary>
public sealed class ReportCache
{
    private const string Columns = "id, host, seq, job_id, started_at, duration_ms, exit_code, json, refused, lost";

    private readonly CacheDatabase _database;

    internal ReportCache(CacheDatabase database) => _database = database;

    /// <summary>
    /// Stores reports, on disk when this returns. One that is there already, byte for byte and with the same number, is not stored
    /// again; another one with the same number is (the host's agent was installed anew).
    /// </summary>
    /// <returns>Those that were new, with their <see cref="StoredReport.Id"/>.</returns>
    public IReadOnlyList<StoredReport> Add(IReadOnlyList<StoredReport> reports) => reports.Count == 0 ? [] : _database.Write(connection =>
    {
        List<StoredReport> added = [];
        foreach (StoredReport report in reports)
        {
            int rows = connection.Run("""
                INSERT INTO report(host, seq, digest, job_id, started_at, duration_ms, exit_code, json, refused, lost) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                ON CONFLICT(host, seq, digest) DO NOTHING
                """, report.Host, report.Seq, Sha256.Hash(report.Json.Span).ToArray(), report.JobId, report.StartedAt,
                (long)report.Duration.TotalMilliseconds, report.ExitCode, report.Json, report.Refused, report.IsLost);
            if (rows > 0)
            {
                added.Add(report with { Id = connection.Scalar<long>("SELECT last_insert_rowid()") });
            }
        }

        return added;
    });

    /// <summary>Stores one report unless it is there already; either way it comes back with its <see cref="StoredReport.Id"/>.</summary>
    public StoredReport Keep(StoredReport report) => Add([report]) is [var added] ? added : report with
    {
        Id = _database.Read(connection => connection.Scalar<long>("SELECT id FROM report WHERE host = $1 AND seq = $2 AND digest = $3",
            report.Host, report.Seq, Sha256.Hash(report.Json.Span).ToArray())),
    };

    /// <summary>The number of the report that arrived last; 0 when there is none.</summary>
    public long LastId() => _database.Read(connection => connection.Scalar<long>("SELECT coalesce(max(id), 0) FROM report"));

    /// <summary>The reports that a filter lets through, newest start first.</summary>
    public IReadOnlyList<StoredReport> List(ReportFilter filter)
    {
        // Only the conditions that are set are written, so that each combination finds its index.
        List<string> conditions = [];
        List<object?> values = [];
        void Where(string condition, object? value)
        {
            if (value is not null)
            {
                values.Add(value);
                conditions.Add(condition + values.Count);
            }
        }

        Where("host = $", filter.Host);
        Where("job_id = $", filter.JobId);
        Where("started_at >= $", filter.From);
        Where("started_at < $", filter.Until);
        Where("exit_code <> $", filter.FailuresOnly ? 0L : null);
        Where("id > $", filter.AfterId > 0 ? filter.AfterId : null);
        values.Add((long)filter.Limit);
        string where = conditions.Count > 0 ? "WHERE " + string.Join(" AND ", conditions) : "";
        string sql = $"SELECT {Columns} FROM report {where} ORDER BY started_at DESC, id DESC LIMIT ${values.Count}";
        return _database.Read(connection => connection.List(ToReport, sql, [.. values]));
    }

    /// <summary>One report by its number in the cache; null when there is none.</summary>
    public StoredReport? Find(long id) => _database.Read(connection => connection.One(ToReport, $"SELECT {Columns} FROM report WHERE id = $1", id));

    /// <summary>The newest report's number in a host's own journal: where its tail goes on; null when there is none.</summary>
    public long? LastSeq(string host) => _database.Read(connection => connection
        .List(row => row.LongOrNull(0), "SELECT seq FROM report WHERE host = $1 ORDER BY id DESC LIMIT 1", host).FirstOrDefault());

    /// <summary>The last runs of a job, newest first.</summary>
    public IReadOnlyList<StoredReport> LastRuns(string host, string jobId, int count) =>
        List(new ReportFilter { Host = host, JobId = jobId, Limit = count });

    /// <summary>The last runs of every job of a host, newest first: what a list of jobs shows, without the reports' bodies.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RunSummary>> LastRunsOfHost(string host, int count) => _database.Read(connection =>
    {
        Dictionary<string, IReadOnlyList<RunSummary>> jobs = [];
        using SqliteCommand command = connection.Command("""
            WITH RECURSIVE job(name) AS (
                SELECT min(job_id) FROM report WHERE host = $1
                UNION ALL
                SELECT (SELECT min(job_id) FROM report WHERE host = $1 AND job_id > job.name) FROM job WHERE job.name IS NOT NULL)
            SELECT run.job_id, run.id, run.started_at, run.duration_ms, run.exit_code, run.refused, run.lost FROM job JOIN report AS run ON run.id IN (
                SELECT id FROM report WHERE host = $1 AND job_id = job.name ORDER BY started_at DESC, id DESC LIMIT $2)
            WHERE job.name IS NOT NULL ORDER BY run.job_id, run.started_at DESC, run.id DESC
            """, host, count);
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            string job = row.GetString(0);
            if (!jobs.TryGetValue(job, out IReadOnlyList<RunSummary>? runs))
            {
                jobs[job] = runs = new List<RunSummary>();
            }

            ((List<RunSummary>)runs).Add(new RunSummary(row.GetInt64(1), row.Time(2), TimeSpan.FromMilliseconds(row.GetInt64(3)), row.GetInt32(4), row.TextOrNull(5), row.GetInt64(6) != 0));
        }

        return jobs;
    });

    /// <summary>How many runs of a host failed since a time.</summary>
    public int Failures(string host, DateTimeOffset since) => (int)_database.Read(connection => connection.Scalar<long>(
        "SELECT count(*) FROM report WHERE host = $1 AND started_at >= $2 AND exit_code <> 0", host, since));

    private static StoredReport ToReport(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Host = row.GetString(1),
        Seq = row.GetInt64(2),
        JobId = row.GetString(3),
        StartedAt = row.Time(4),
        Duration = TimeSpan.FromMilliseconds(row.GetInt64(5)),
        ExitCode = row.GetInt32(6),
        Json = row.Bytes(7),
        Refused = row.TextOrNull(8),
        IsLost = row.GetInt64(9) != 0,
    };
}
