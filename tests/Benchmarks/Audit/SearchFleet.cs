using System.Buffers;
using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace Benchmarks.Audit;

/// <summary>The cached chains in which is searched: four hosts with the entries of wrapped jobs as their agents write them, the same at every run.</summary>
internal static class SearchFleet
{
    private const int Hosts = 4, AtOnce = 10_000;
    private const long Start = 1_763_600_000_000_000;

    /// <summary>Fills a cache, and writes the same lines to a file.</summary>
    public static void Make(CacheDatabase cache, string lines, int entries)
    {
        using FileStream file = File.Create(lines);
        for (int host = 0; host < Hosts; host++)
        {
            EntryEncoder encoder = new($"9f2c4a1b7d3e4c5{host}", 0, default);
            ChainHead? head = null;
            string? genesis = null;
            for (int from = 0; from < entries / Hosts; from += AtOnce)
            {
                List<ChainLine> added = [];
                for (int i = from; i < Math.Min(from + AtOnce, entries / Hosts); i++)
                {
                    ArrayBufferWriter<byte> output = new(1024);
                    Append(encoder, output, host, i);
                    genesis ??= encoder.Head.ToString();
                    file.Write(output.WrittenSpan);
                    added.Add(new ChainLine(i, output.WrittenMemory[..^1]));
                }

                head = cache.Chains.Append(new ChainHead
                {
                    Host = $"web0{host + 1}",
                    Chain = encoder.ChainId,
                    Seq = added[^1].Seq,
                    Offset = (head?.Offset ?? 0) + added.Sum(line => line.Bytes.Length + 1L),
                    Hash = encoder.Head.ToString(),
                    GenesisHash = genesis!,
                    PulledAt = DateTimeOffset.UnixEpoch.AddTicks(10 * Start),
                    Verdict = "OK",
                }, added, head);
            }
        }
    }

    // Every tenth run is announced before its end, one in 500 entries is an edit.
    private static void Append(EntryEncoder encoder, IBufferWriter<byte> output, int host, int i)
    {
        long micros = Start + (i * 120_250_137L) + (host * 7_919), mono = i * 120_250_000L;
        if (i == 0)
        {
            encoder.AppendGenesis(output, $"web0{host + 1}", "b0071d", micros, mono);
            return;
        }

        int job = i * 7919 % 60;
        string digest = Sha256.Hash(BitConverter.GetBytes((i * Hosts) + host)).ToString(), nothing = Sha256.Hash([]).ToString();
        string started = DateTimeOffset.UnixEpoch.AddTicks(10 * micros).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        AuditMember[] run =
        [
            new("job_id", $"job-{job}"), new("command", $"/usr/local/bin/{(job % 5 == 0 ? "backup" : "sync")}.sh --database app_{i % 97} > /srv/out/app-{i % 1000}.gz"),
            new("started", started), new("uid", 1001), new("user", job % 2 == 0 ? "backup" : "www-data"), new("run_id", digest[..16]),
        ];
        if (i % 500 == 0)
        {
            encoder.Append(output, AuditEvents.CrontabEdited, micros, mono, new("actor", "kim@laptop"), new("origin", "10.0.0.7"), new("table", "www-data"), new("uid", 33), new("user", "www-data"),
                new("sha256_before", digest), new("sha256_after", nothing), new("diff", $"--- www-data\n+++ www-data\n@@ -1 +1 @@\n-{i % 60} * * * * /usr/local/bin/report-{i % 60} Müller\n+# {i}\n"));
        }
        else if (i % 10 == 0)
        {
            encoder.Append(output, AuditEvents.JobStarted, micros, mono, [.. run, new("pid", 1000 + (i % 30_000))]);
        }
        else
        {
            encoder.Append(output, AuditEvents.JobFinished, micros, mono, [.. run, new("exit_code", i % 97 == 0 ? 3 : 0), new("duration_ms", i * 31 % 7919),
                new("report", i), new("report_sha256", digest), new("stdout_bytes", 0), new("stderr_bytes", 0), new("stdout_sha256", nothing), new("stderr_sha256", nothing)]);
        }
    }
}
