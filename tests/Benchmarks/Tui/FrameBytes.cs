using System.Diagnostics;
using System.Globalization;

namespace Benchmarks.Tui;

/// <summary>Counts what a redraw allocates, to the byte, and how long it takes: the same draws as <see cref="FrameBenchmark"/>.</summary>
internal static class FrameBytes
{
    private const int Draws = 5000;

    public static int Run()
    {
        var frame = new FrameBenchmark();
        Func<int>[] kinds = [frame.Nothing_changes, frame.Selection_moves, frame.Repaint];
        var all = kinds.Select(kind => Measure(kind)).ToArray();
        Console.WriteLine($"{string.Join(", ", all.Select(found => $"{found.Bytes} B"))} ({string.Join(", ", all.Select(found => found.Microseconds.ToString("f0", CultureInfo.InvariantCulture)))} µs)");
        return all.All(found => found.Bytes == 0) ? 0 : 1;
    }

    private static (long Bytes, double Microseconds) Measure(Func<int> draw)
    {
        // Long enough for the compiler's last tier.
        for (var i = 0; i < Draws; i++) draw();
        var (before, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Draws; i++) draw();
        // Rounded up: one byte in all draws is not none.
        return ((GC.GetAllocatedBytesForCurrentThread() - before + Draws - 1) / Draws, Stopwatch.GetElapsedTime(started).TotalMicroseconds / Draws);
    }
}
