using System.Diagnostics;
using System.Globalization;
using CcConsole.Store;

namespace Benchmarks.Audit;

/// <summary>
/// Times typical searches of a published console in a million cached entries, the whole process, beside grep on the same lines, in turn; and how
/// fast they were taken into the index. Example: <c>audit-search FOLDER cc-console</c>.
/// </summary>
internal static class SearchFigures
{
    private const int Entries = 1_000_000, Runs = 11;

    // What is looked for, and what of it grep can say.
    private static readonly (string Name, string[] Verb, string[] Grep)[] Searches =
    [
        ("a rare word", ["\"report-40 Muller\""], ["-c", "report-40 M"]),
        ("the start of a hash", ["a1b2c*"], ["-c", "\"a1b2c"]),
        ("the newest 100 with a common word", ["sync", "-n", "100"], ["-c", "sync"]),
        ("the newest 100 with a path", ["/usr/local/bin/backup.sh", "-n", "100"], ["-c", "/usr/local/bin/backup.sh"]),
        ("job and exit code", ["--job", "job-25", "--exit", "3", "-n", "100"], ["-cE", "\"exit_code\": 3, .*\"job_id\": \"job-25\""]),
        ("a word within a day", ["backup", "--since", "2026-06-01T00:00Z", "--until", "2026-06-02T00:00Z", "-n", "100"], ["-cE", "backup.*\"started\": \"2026-06-01"]),
    ];

    public static int Run(string folder, string console)
    {
        string state = Path.Combine(folder, "cc-console"), lines = Path.Combine(folder, "lines.jsonl"), index = Path.Combine(state, "cache-index.db");
        Directory.CreateDirectory(state, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        double indexing;
        using (CacheDatabase cache = CacheDatabase.Open(Path.Combine(state, "cache.db"), TimeProvider.System))
        {
            if (!File.Exists(lines))
                SearchFleet.Make(cache, lines, Entries);
            long start = Stopwatch.GetTimestamp();
            cache.Index.Update();
            indexing = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Dictionary<string, string?> places = new() { ["HOME"] = folder, ["XDG_STATE_HOME"] = folder, ["XDG_CONFIG_HOME"] = Path.Combine(folder, "config"), ["LC_ALL"] = "C" };
        foreach ((string name, string[] verb, string[] grep) in Searches)
        {
            double[] ours = new double[Runs], theirs = new double[Runs];
            int rows = 0;
            for (int i = 0; i < Runs; i++)
            {
                (ours[i], string found) = Time(console, ["audit", "list", "--json", .. verb], places);
                (theirs[i], _) = Time("grep", [.. grep, lines], places);
                rows = found.Split('\n').Length - 3;
            }

            Array.Sort(ours);
            Array.Sort(theirs);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| search in 1,000,000 cached entries, the whole process: {name} | 100 ms | {ours[Runs / 2]:f0} ms ({rows} rows; `grep` of the same lines {theirs[Runs / 2]:f0} ms; medians of {Runs} pairs) |"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| entries taken into the search's index, a second | 25,000 | {Entries / indexing:f0} ({new FileInfo(index).Length / (double)Entries:f0} bytes an entry of {new FileInfo(lines).Length / (double)Entries:f0}) |"));
        return 0;
    }

    private static (double Milliseconds, string Output) Time(string program, string[] arguments, Dictionary<string, string?> environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode is 0 or 1
            ? (Stopwatch.GetElapsedTime(started).TotalMilliseconds, output)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {error.Result}");
    }
}
