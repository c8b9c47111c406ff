using CcConsole.Core.Crontab;

namespace CcConsole.Core.Jobs;

/// <summary>The jobs of one table, in its order: entries, paused entries, and lines that do not parse.</summary>
public sealed class JobTable
{
    private JobTable(CrontabDocument document, IReadOnlyList<Job> jobs) => (Document, Jobs) = (document, jobs);

    /// <summary>The table.</summary>
    public CrontabDocument Document { get; }

    /// <summary>Its jobs.</summary>
    public IReadOnlyList<Job> Jobs { get; }

    /// <summary>Reads the jobs of a table.</summary>
    public static JobTable From(CrontabDocument document)
    {
        var jobs = new List<Job>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in document.Lines)
        {
            Job? job = line switch
            {
                EntryLine entry => FromEntry(document, entry),
                UnparsedLine bad => new Job(
                    DerivedId(document.Slice(bad.Span)), null, JobState.Unparsed, "", null, document.Text(bad.Span), null, null, bad.Problem, bad),
                _ => null,
            };
            if (job is not null)
            {
                var count = seen[job.Id] = seen.GetValueOrDefault(job.Id) + 1;
                jobs.Add(count == 1 ? job : job with { Id = $"{job.Id}~{count}" });
            }
        }

        return new JobTable(document, jobs);
    }

    /// <summary>The job with an id, with the only id that begins so, or with the only such name.</summary>
    /// <param name="text">What means the job.</param>
    /// <param name="where">The table in words, and its host, for the message.</param>
    /// <exception cref="ProblemException">There is none, or more than one.</exception>
    public Job Find(string text, string where = "this table")
    {
        if (Jobs.FirstOrDefault(job => job.Id == text) is { } exact)
        {
            return exact;
        }

        var found = text.Length == 0 ? [] : Jobs.Where(job => job.Id.StartsWith(text, StringComparison.Ordinal)).ToList();
        found = found.Count > 0 ? found : [.. Jobs.Where(job => job.Name is not null && string.Equals(job.Name, text, StringComparison.OrdinalIgnoreCase))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ProblemException($"No job \"{text}\" in {where}", "job list shows the ids"),
            _ => throw new ProblemException(
                $"\"{text}\" means {found.Count} jobs: {string.Join(", ", found.Take(5).Select(job => job.Id))}", "Give more of the id"),
        };
    }

    private static Job FromEntry(CrontabDocument document, EntryLine entry)
    {
        var wrapped = CommandWrapper.Unwrap(document.Slice(entry.CommandSpan), document.Dialect);
        var line = document.Slice(entry.Span);
        return new Job(
            wrapped?.JobId ?? DerivedId(entry.IsPaused ? line[CrontabDocument.PauseMark.Length..] : line),
            entry.Name,
            entry.IsPaused ? JobState.Paused : JobState.Active,
            entry.Schedule.Text,
            entry.Schedule,
            wrapped?.CommandText ?? document.Command(entry).ShellText,
            entry.User,
            wrapped,
            null,
            entry);
    }

    private static string DerivedId(ReadOnlySpan<byte> line) =>
        string.Concat("line-", Audit.Sha256.Hash(line).ToString().AsSpan(0, 10));
}
