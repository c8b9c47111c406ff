using System.Buffers;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace Benchmarks.Audit;

/// <summary>The chain that the figures are about: the same bytes at every run.</summary>
internal static class BenchmarkChain
{
    /// <summary>Entries in the chain of the figures, about 450 bytes each.</summary>
    public const int Entries = 450_000;

    private const string Id = "9f2c4a1b7d3e4c5f";

    /// <summary>Entries between two checkpoints.</summary>
    private const int Interval = 1000;

    /// <summary>Writes the chain.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="entries">How many entries.</param>
    /// <param name="isSigned">Whether with a checkpoint every 1,000 entries.</param>
    public static void Write(Stream stream, int entries = Entries, bool isSigned = false)
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = new EntryEncoder(Id, 0, default);
        var tree = new CompactRange();
        var key = isSigned ? SigningKey.Create(Checkpoint.OfHost(Id)) : null;
        encoder.AppendGenesis(output, "web-1", "b0071d", 1_795_190_200_000_000, 0, key?.Verifier);
        var done = 0;
        Leaves();
        while (encoder.NextSeq < entries)
        {
            var i = encoder.NextSeq;
            if (key is not null && i % Interval == 0)
            {
                var next = SigningKey.Create(key.Verifier.Name);
                Add(AuditEvents.KeyNext, i, new AuditMember("vkey", next.Verifier.Text));
                Add(AuditEvents.Checkpoint, i, new AuditMember("note", key.Sign(new Checkpoint(key.Verifier.Name, encoder.NextSeq, tree.Root)).Format()));
                key.Dispose();
                key = next;
                continue;
            }
            Add(
                AuditEvents.JobFinished, i, new("job_id", $"job-{i % 400}"), new("exit_code", i % 3),
                new("duration_ms", i % 7919), new("user", "backup"), new("uid", 1001), new("command", $"pg_dump app_{i % 97} | gzip > /srv/backup/app-{i}.gz"));
            if (output.WrittenCount > 1_000_000)
            {
                stream.Write(output.WrittenSpan);
                output.ResetWrittenCount();
                done = 0;
            }
        }
        key?.Dispose();
        stream.Write(output.WrittenSpan);

        void Add(string name, long i, params ReadOnlySpan<AuditMember> members)
        {
            // An entry every half second: a checkpoint is due by its number before it is by time.
            encoder.Append(output, name, 1_795_190_200_000_000 + i * 500_137, i * 500_137, members);
            Leaves();
        }

        void Leaves()
        {
            if (isSigned)
                tree.Append(MerkleHash.Leaf(output.WrittenSpan[done..^1]));
            done = output.WrittenCount;
        }
    }
}
