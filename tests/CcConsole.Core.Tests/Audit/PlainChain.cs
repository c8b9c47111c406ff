using System.Buffers;
using CcConsole.Core.Audit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>Chains of ordinary runs.</summary>
internal static class PlainChain
{
    /// <summary>So many lines, the genesis among them.</summary>
    public static byte[] Write(int lines, string chain = "9f2c0d")
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new EntryEncoder(chain, 0, default);
        encoder.AppendGenesis(output, "web-1", "b007", 1_795_190_200_000_000, 0);
        for (var i = 1; i < lines; i++)
        {
            encoder.Append(
                output, AuditEvents.JobFinished, 1_795_190_200_000_000 + i * 60_250_000L, i * 60_250_000L, new("job_id", $"job-{i % 7}"),
                new("exit_code", i % 3), new("command", "pg_dump app | gzip > \"/srv/b é.gz\""), new("ok", i % 3 == 0));
        }
        return output.WrittenSpan.ToArray();
    }
}
