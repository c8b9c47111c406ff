using System.Buffers;
using BenchmarkDotNet.Attributes;
using CcConsole.Core.Audit;

namespace Benchmarks.Audit;

/// <summary>Writing and verifying a chain in memory.</summary>
[MemoryDiagnoser]
public class ChainBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly EntryEncoder _encoder = new("9f2c4a1b7d3e4c5f", 0, default);
    private byte[] _chain = [];

    /// <summary>Threads that verify.</summary>
    [Params(1, 2)]
    public int Workers { get; set; }

    /// <summary>A tenth of the figures' chain.</summary>
    [GlobalSetup]
    public void Setup()
    {
        using var stream = new MemoryStream();
        BenchmarkChain.Write(stream, BenchmarkChain.Entries / 10);
        _chain = stream.ToArray();
    }

    /// <summary>45,000 entries.</summary>
    [Benchmark]
    public VerifyResult Verify()
    {
        using var stream = new MemoryStream(_chain, writable: false);
        return ChainVerifier.Verify(stream, workers: Workers);
    }

    /// <summary>One entry; allocates nothing.</summary>
    [Benchmark]
    public Hash32 Append()
    {
        _output.ResetWrittenCount();
        return _encoder.Append(_output, AuditEvents.JobFinished, 1_795_190_200_000_000, 81, new("job_id", "backup"), new("exit_code", 0), new("command", "true"));
    }
}
