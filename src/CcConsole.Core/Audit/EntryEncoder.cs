using System.Buffers;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>
/// Writes a chain's entries, one line each, and keeps the chain's state: the next sequence number and the hash that the
/// next entry names. Pure: it writes into a buffer and touches neither clock nor file. One writer at a time.
/// </summary>
/// <remarks>
/// A line is what Python's <c>json.dumps(entry, sort_keys=True)</c> writes, with <c>hash</c> appended last; the hash is
/// SHA-256 over the line's object without it.
/// </remarks>
public sealed class EntryEncoder
{
    /// <summary>Exclusive bound of a timestamp in microseconds: 2^33 s, the year 2242.</summary>
    public const long TimestampLimitMicros = (1L << 33) * 1_000_000;

    private static readonly string[] OwnNames = ["chain", "event", "hash", "mono_us", "prev_hash", "seq", "timestamp", "v"];

    private readonly EntryText _text = new();
    private readonly AuditMember[] _own = new AuditMember[7];

    /// <param name="chainId">The chain's random id, the value of <c>chain</c>.</param>
    /// <param name="nextSeq">Sequence number of the next entry; 0 for a chain that is yet to be begun.</param>
    /// <param name="previous">Hash of the last entry; the default value (zeros) for a chain that is yet to be begun.</param>
    public EntryEncoder(string chainId, long nextSeq, Hash32 previous)
    {
        ArgumentException.ThrowIfNullOrEmpty(chainId);
        ArgumentOutOfRangeException.ThrowIfNegative(nextSeq);
        ChainId = chainId;
        NextSeq = nextSeq;
        Head = previous;
    }

    /// <summary>The chain's id.</summary>
    public string ChainId { get; }

    /// <summary>Sequence number that the next entry gets.</summary>
    public long NextSeq { get; private set; }

    /// <summary>Hash of the last entry; zeros before the first.</summary>
    public Hash32 Head { get; private set; }

    /// <summary>The first entry of a chain: which chain, which host, which boot.</summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="host">The host's name.</param>
    /// <param name="bootId">The kernel's boot id.</param>
    /// <param name="timestampMicros">Microseconds since 1970, UTC.</param>
    /// <param name="monoMicros">Microseconds of the monotonic clock.</param>
    /// <param name="vkey">The public half of the key that signs the first checkpoint; without one the chain begins unsigned.</param>
    /// <param name="members">Further members.</param>
    /// <exception cref="InvalidOperationException">The chain has begun.</exception>
    public Hash32 AppendGenesis(
        IBufferWriter<byte> output, string host, string bootId, long timestampMicros, long monoMicros, VerifierKey? vkey = null, params ReadOnlySpan<AuditMember> members)
    {
        if (NextSeq != 0)
            throw new InvalidOperationException("the chain has begun: its first entry is written");
        return Append(output, AuditEvents.Genesis, timestampMicros, monoMicros, vkey is null
            ? [new("host", host), new("boot_id", bootId), .. members]
            : [new("host", host), new("boot_id", bootId), new("vkey", vkey.Text), .. members]);
    }

    /// <summary>
    /// Writes one whole line with its line feed and moves on: <see cref="Head"/> is then this entry's hash. When it
    /// throws, nothing is written and nothing has moved.
    /// </summary>
    /// <param name="output">Where the line goes.</param>
    /// <param name="eventName">One of <see cref="AuditEvents"/>.</param>
    /// <param name="timestampMicros">Microseconds since 1970, UTC: 0, or at least 100 and under <see cref="TimestampLimitMicros"/>.</param>
    /// <param name="monoMicros">Microseconds of the monotonic clock.</param>
    /// <param name="members">What the event says, in any order.</param>
    /// <returns>The entry's hash.</returns>
    /// <exception cref="ProblemException">
    /// A name that is not <c>[a-z0-9_.]+</c>, belongs to the writer or occurs twice; a line over
    /// <see cref="EntryLimits.MaxLineBytes"/>; nesting over <see cref="EntryLimits.MaxDepth"/>.
    /// </exception>
    public Hash32 Append(
        IBufferWriter<byte> output, string eventName, long timestampMicros, long monoMicros, params ReadOnlySpan<AuditMember> members)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(eventName);
        // Under 100 µs Python prints 1e-05 and the like.
        if (timestampMicros is < 0 or > 0 and < 100 or >= TimestampLimitMicros)
            throw new ArgumentOutOfRangeException(nameof(timestampMicros), timestampMicros, "outside of what an entry can hold");

        foreach (ref readonly var member in members)
        {
            if (Array.IndexOf(OwnNames, member.Name) >= 0)
                throw new ProblemException($"the member {member.Name} of an audit entry belongs to its writer", "give the member another name");
        }

        _text.Clear(Head);
        _own[0] = new AuditMember("chain", ChainId);
        _own[1] = new AuditMember("event", eventName);
        _own[2] = new AuditMember("mono_us", monoMicros);
        _own[3] = AuditMember.Head("prev_hash");
        _own[4] = new AuditMember("seq", NextSeq);
        _own[5] = AuditMember.Seconds("timestamp", timestampMicros);
        _own[6] = new AuditMember("v", 1);
        _text.WriteObject(_own, members);
        if (_text.Overflowed || _text.Written.Length + EntryLimits.HashMemberBytes > EntryLimits.MaxLineBytes)
            throw new ProblemException($"the audit entry {eventName} does not fit into {EntryLimits.MaxLineBytes} bytes", "record less of the text, or its digest");

        var unhashed = _text.Written;
        var hash = Sha256.Hash(unhashed);
        var line = output.GetSpan(unhashed.Length + EntryLimits.HashMemberBytes + 1);
        unhashed[..^1].CopyTo(line);
        var tail = line[(unhashed.Length - 1)..];
        EntryLimits.HashMemberStart.CopyTo(tail);
        hash.WriteHex(tail[EntryLimits.HashMemberStart.Length..]);
        "\"}\n"u8.CopyTo(tail[(EntryLimits.HashMemberStart.Length + Hash32.HexLength)..]);
        output.Advance(unhashed.Length + EntryLimits.HashMemberBytes + 1);
        Head = hash;
        NextSeq++;
        return hash;
    }
}
