using System.Diagnostics;
using System.Globalization;
using CcAgent.Journal;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace Benchmarks.Audit;

/// <summary>
/// Counts durable entries a second of the agent's writer for 32 who each have the next one ready when theirs is answered: one commit for all that wait, beside
/// one for each entry, in turn, by the same writer in the same files. It is the writer alone: what sockets and processes cost append.py says. Example:
/// <c>append-pairs FOLDER</c>.
/// </summary>
internal static class AppendPairs
{
    private const int Writers = 32, Pairs = 7;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public static int Run(string folder)
    {
        // Under the just-in-time compiler nothing is linked in. With this the published agent's compiled hash is found all the same, where run.sh has put it.
        AppContext.SetSwitch("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", false);
        var places = AgentPlaces.For(Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName);
        using var recorder = new Recorder(places, TimeProvider.System, AuditSeal.For(false), AgentSettings.Read(places, null));
        recorder.Begin([new("version", "benchmark")]);
        Measure(recorder, atOnce: Writers);
        var found = new (double Together, double Alone)[Pairs];
        for (var i = 0; i < Pairs; i++)
            found[i] = (Measure(recorder, atOnce: Writers), Measure(recorder, atOnce: 1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Median(found.Select(f => f.Together)):n0} (a commit an entry: {Median(found.Select(f => f.Alone)):n0}; ratio {Median(found.Select(f => f.Together / f.Alone)):f1}; medians of {Pairs} pairs)"));
        return 0;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Pairs / 2);

    private static double Measure(Recorder recorder, int atOnce)
    {
        var waiting = new Queue<RecordRequest>();
        var (written, good) = (0L, true);
        for (var i = 0; i < Writers; i++)
            Come();
        var start = Stopwatch.GetTimestamp();
        var batch = new List<RecordRequest>();
        while (good && Stopwatch.GetElapsedTime(start) < Duration)
        {
            for (batch.Clear(); batch.Count < atOnce; batch.Add(waiting.Dequeue()))
            {
            }

            recorder.Record(batch);
        }

        return good ? written / Stopwatch.GetElapsedTime(start).TotalSeconds : throw new InvalidOperationException("an entry was not recorded");

        // As long as most entries are.
        void Come() => waiting.Enqueue(new AppendRequest
        {
            Uid = 0,
            Entry = new AuditAppendParams(AuditEvents.ConsolePulled, "ada", "laptop") { Seq = written, Hash = new string('0', 64), Reason = new string('r', 60) },
            Answer = answer =>
            {
                written++;
                good &= answer.Good;
                Come();
            },
        });
    }
}
