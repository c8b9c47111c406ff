using System.Buffers;
using CcConsole.Core.Audit;

namespace Benchmarks.Audit;

/// <summary>The chain that the figures are about: the same bytes at every run.</summary>
internal static class BenchmarkChain
{
    /// <summary>Entries in the chain of the figures, about 450 bytes each.</summary>
    public const int Entries = 450_000;

    /// <summary>Writes the chain.</summary>
    public static void Write(Stream stream, int entries = Entries)
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = new EntryEncoder("9f2c4a1b7d3e4c5f", 0, default);
        encoder.AppendGenesis(output, "web-1", "b0071d", 1_795_190_200_000_000, 0);
        for (var i = 1L; i < entries; i++)
        {
            encoder.Append(
                output, AuditEvents.JobFinished, 1_795_190_200_000_000 + i * 60_250_137, i * 60_250_000, new("job_id", $"job-{i % 400}"), new("exit_code", i % 3),
                new("duration_ms", i % 7919), new("user", "backup"), new("uid", 1001), new("command", $"pg_dump app_{i % 97} | gzip > /srv/backup/app-{i}.gz"));
            if (output.WrittenCount > 1_000_000)
            {
                stream.Write(output.WrittenSpan);
                output.ResetWrittenCount();
            }
        }
        stream.Write(output.WrittenSpan);
    }
}
