using System.Buffers;
using System.Diagnostics;
using CcAgent.Native;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>The entries that are made and not written yet, and what the chain comes to with them.</summary>
internal sealed class PendingEntries
{
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly TimeProvider _time;
    private EntryEncoder _encoder;

    /// <param name="time">The clock.</param>
    /// <param name="encoder">Where the chain goes on.</param>
    /// <param name="signatures">What is said up to there of its signatures.</param>
    internal PendingEntries(TimeProvider time, EntryEncoder encoder, ChainSignatures signatures) =>
        (_time, _encoder, Signatures) = (time, encoder, signatures);

    internal string ChainId => _encoder.ChainId;

    internal long NextSeq => _encoder.NextSeq;

    internal Hash32 Head => _encoder.Head;

    /// <summary>The tree over all entries, these included, and which key is in force; to be read anew when entries were given up.</summary>
    internal ChainSignatures Signatures { get; set; }

    internal bool IsEmpty => _lines.WrittenCount == 0;

    /// <summary>Their lines, each with its LF.</summary>
    internal ReadOnlySpan<byte> Lines => _lines.WrittenSpan;

    internal Hash32 Append(string eventName, params ReadOnlySpan<AuditMember> members)
    {
        var start = _lines.WrittenCount;
        var hash = _encoder.Append(_lines, eventName, NowMicros, MonoMicros, members);
        Signatures.Add(_lines.WrittenSpan[start..^1]);
        return hash;
    }

    /// <summary>Appends the chain's first entry.</summary>
    /// <param name="first">The key that signs its first checkpoint; null for none.</param>
    internal void AppendGenesis(VerifierKey? first)
    {
        _encoder.AppendGenesis(_lines, HostFacts.Name, HostFacts.BootId, NowMicros, MonoMicros, first);
        Signatures.Add(_lines.WrittenSpan[..^1]);
    }

    /// <summary>They are written.</summary>
    internal void Clear() => _lines.ResetWrittenCount();

    /// <summary>They are not written and never will be: the chain goes on behind what is known to be on disk.</summary>
    internal void GiveUp(ChainHead durable)
    {
        _lines.ResetWrittenCount();
        _encoder = new EntryEncoder(durable.Chain, durable.Seq + 1, durable.Hash);
    }

    private long NowMicros => UnixMicros.Of(_time.GetUtcNow());

    private static long MonoMicros => (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));
}
