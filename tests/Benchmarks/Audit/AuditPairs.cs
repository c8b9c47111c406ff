using System.Diagnostics;
using System.Globalization;

namespace Benchmarks.Audit;

/// <summary>
/// Times a published verifier and <c>openssl dgst -sha256</c> on the same file, in turn, and prints the medians and their
/// ratio. The file is made when it does not exist, by <c>audit-pairs-signed</c> with a checkpoint every 1,000 entries. Example: <c>audit-pairs chain.jsonl cc-console audit verify</c>.
/// </summary>
internal static class AuditPairs
{
    private const int Pairs = 21;

    public static int Run(string file, string[] command, bool isSigned)
    {
        if (!File.Exists(file))
        {
            using var stream = File.Create(file);
            BenchmarkChain.Write(stream, isSigned: isSigned);
        }
        var ours = new double[Pairs];
        var openssl = new double[Pairs];
        for (var i = 0; i < Pairs; i++)
        {
            openssl[i] = Time("openssl", ["dgst", "-sha256", file]);
            ours[i] = Time(command[0], [.. command[1..], file]);
        }
        Array.Sort(ours);
        Array.Sort(openssl);
        var (median, other) = (ours[Pairs / 2], openssl[Pairs / 2]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"verify {median:f0} ms, openssl {other:f0} ms, ratio {median / other:f2} (medians of {Pairs} pairs)"));
        return 0;
    }

    private static double Time(string program, string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(started).TotalMilliseconds
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
