using System.Buffers;
using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>
/// What a verification had come to: from here another one can go on, with the tree and the keys as they stand. Immutable.
/// </summary>
public sealed class KnownChain
{
    internal KnownChain(Hash32 previous, long nextSeq, CompactRange? tree, RatchetState ratchet, long since)
    {
        Previous = previous;
        NextSeq = nextSeq;
        Tree = tree;
        Ratchet = ratchet;
        Since = since;
    }

    /// <summary>Hash of the last known entry.</summary>
    public Hash32 Previous { get; }

    /// <summary>Sequence number that comes next.</summary>
    public long NextSeq { get; }

    /// <summary>The last checkpoint that was good; null when there is none.</summary>
    public VerifiedCheckpoint? LastCheckpoint => Ratchet.Last;

    /// <summary>Sequence number of the entry that named the first key; null in a chain without keys.</summary>
    public long? SignedSince => Ratchet.SignedSince;

    /// <summary>Whether the tree is known: of a chain that begins later, only from the entry on that tells of those that are gone.</summary>
    public bool HasTree => Tree is not null;

    /// <summary>The tree over all entries up to here; null when it is not known.</summary>
    internal CompactRange? Tree { get; }

    internal RatchetState Ratchet { get; }

    /// <summary>Sequence number from which the entries without a checkpoint are counted.</summary>
    internal long Since { get; }

    /// <summary>One line of JSON, from which <see cref="Parse"/> makes the same again.</summary>
    public string Text
    {
        get
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("hash"u8, Previous.ToString());
                json.WriteNumber("next_seq"u8, NextSeq);
                json.WriteNumber("since"u8, Since);
                if (Tree is not null)
                {
                    json.WriteStartArray("tree"u8);
                    foreach (var hash in Tree.Hashes)
                        json.WriteStringValue(hash.ToString());
                    json.WriteEndArray();
                }
                Write(json, Ratchet);
                json.WriteEndObject();
            }
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }

    /// <summary>Reads what <see cref="Text"/> gave.</summary>
    /// <exception cref="ProblemException">It is something else.</exception>
    public static KnownChain Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            var next = root.GetProperty("next_seq"u8).GetInt64();
            var tree = root.TryGetProperty("tree"u8, out var hashes)
                ? CompactRange.From(next, [.. hashes.EnumerateArray().Select(hash => Hash32.Parse(hash.GetString()))])
                : null;
            return new KnownChain(Hash32.Parse(root.GetProperty("hash"u8).GetString()), next, tree, Read(root), root.GetProperty("since"u8).GetInt64());
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ProblemException("what was remembered of a chain cannot be read", "verify the chain from its first entry: that finds it anew", e);
        }
    }

    private static void Write(Utf8JsonWriter json, RatchetState state)
    {
        if (state.InForce is { } key)
            json.WriteString("vkey"u8, key.Text);
        if (state.Announced is { } next)
            json.WriteString("vkey_next"u8, next.Text);
        if (state.SignedSince is { } since)
            json.WriteNumber("signed_since"u8, since);
        if (state.SignedAt is { } at)
            json.WriteString("signed_at"u8, at);
        json.WriteNumber("checkpoints"u8, state.Checkpoints);
        if (state.Last is not { } last)
            return;
        json.WriteStartObject("last"u8);
        json.WriteNumber("seq"u8, last.Seq);
        json.WriteNumber("size"u8, last.Size);
        json.WriteString("root"u8, last.Root.ToString());
        if (last.Time is { } time)
            json.WriteString("time"u8, time);
        json.WriteEndObject();
    }

    private static RatchetState Read(JsonElement root) => new(
        Key(root, "vkey"), Key(root, "vkey_next"), root.Whole("signed_since"u8), root.GetProperty("checkpoints"u8).GetInt64(),
        root.TryGetProperty("last"u8, out var last)
            ? new VerifiedCheckpoint(
                last.GetProperty("seq"u8).GetInt64(), last.GetProperty("size"u8).GetInt64(), Hash32.Parse(last.GetProperty("root"u8).GetString()),
                last.TryGetProperty("time"u8, out var time) ? time.GetDateTimeOffset() : null)
            : null,
        root.TryGetProperty("signed_at"u8, out var at) ? at.GetDateTimeOffset() : null);

    private static VerifierKey? Key(JsonElement root, string name) => root.TryGetProperty(name, out var key)
        ? VerifierKey.TryParse(key.GetString(), out var parsed) ? parsed : throw new FormatException("no key")
        : null;
}
