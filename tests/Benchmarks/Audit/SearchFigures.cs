using System.Diagnostics;
using System.Globalization;
using CcConsole.Core.Audit.Search;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace Benchmarks.Audit;

/// <summary>
/// Times typical searches of a published console in a million cached entries, the whole process, beside grep on the same lines, in turn; then how
/// long it took to index them and what the index takes. Example: <c>audit-search FOLDER cc-console</c>; a second run finds the cache made.
/// </summary>
internal static class SearchFigures
{
    private const int Entries = 1_000_000, Runs = 11;

    // What is looked for, and what of it grep can.
    private static readonly (string Name, string[] Verb, string[] Grep)[] Searches =
    [
        ("a rare word", ["report-17", "!nothing", "--since", "2026-01-01"], ["-c", "report-17 "]),
        ("one run by its id", ["a1b2*"], ["-c", "a1b2"]),
        ("a common word, the newest 100", ["sync", "-n", "100"], ["-c", "sync"]),
        ("a path, the newest 100", ["/usr/local/bin/backup.sh", "-n", "100"], ["-c", "/usr/local/bin/backup.sh"]),
        ("job and exit code", ["--job", "job-25", "--exit", "3"], ["-cE", "\"exit_code\": 3, .*\"job_id\": \"job-25\""]),
        ("a word within a week", ["backup", "--since", "2026-06-01", "--until", "2026-06-08", "-n", "100"], ["-cE", "\"started\": \"2026-06-0[1-7].*backup"]),
    ];

    public static int Run(string folder, string console)
    {
        string state = Path.Combine(folder, "cc-console"), lines = Path.Combine(folder, "lines.jsonl");
        if (!File.Exists(lines))
        {
            Directory.CreateDirectory(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using CacheDatabase made = CacheDatabase.Open(Path.Combine(state, "cache.db"), TimeProvider.System);
            SearchFleet.Make(made, lines, Entries);
        }

        using (CacheDatabase cache = CacheDatabase.Open(Path.Combine(state, "cache.db"), TimeProvider.System))
        {
            long start = Stopwatch.GetTimestamp();
            cache.Index.Update(cancellation: default);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"indexed in {seconds:f1} s; {new FileInfo(Path.Combine(state, "cache-index.db")).Length / (double)Entries:f0} bytes an entry of {new FileInfo(lines).Length / (double)Entries:f0}"));
            foreach ((string name, string[] verb, _) in Searches)
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  within the process: {name}: {Median(() => Find(cache, verb)):f1} ms, {Find(cache, verb)} rows"));
        }

        return 0;
    }

    private static int Find(CacheDatabase cache, string[] verb)
    {
        AuditQuery query = new() { Limit = 100 };
        for (int i = 0; i < verb.Length; i++)
        {
            query = verb[i] switch
            {
                "-n" => query with { Limit = int.Parse(verb[++i], CultureInfo.InvariantCulture) },
                "--since" => query with { Since = DateTimeOffset.Parse(verb[++i] + "Z", CultureInfo.InvariantCulture) },
                "--until" => query with { Until = DateTimeOffset.Parse(verb[++i] + "Z", CultureInfo.InvariantCulture) },
                "--job" => query with { Job = verb[++i] },
                "--exit" => query with { ExitCode = long.Parse(verb[++i], CultureInfo.InvariantCulture) },
                var text => query with { Text = SearchText.Parse($"{query.Text} {text}") },
            };
        }

        return cache.Chains.Heads().Sum(head => cache.Index.Find(head, query).Take(query.Limit).Count());
    }

    private static double Median(Action action)
    {
        double[] times = new double[Runs];
        for (int i = 0; i < Runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Runs / 2];
    }

    private sealed class Each(Action<long> take) : IProgress<(long Done, long Of)>
    {
        public void Report((long Done, long Of) value) => take(value.Of - value.Done);
    }
}
