using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>What an entry of the log itself says about keys and checkpoints.</summary>
/// <param name="Event">Its event.</param>
/// <param name="Micros">Its timestamp in microseconds since 1970.</param>
/// <param name="Key">The key that it names.</param>
/// <param name="Note">The signed note that it holds.</param>
internal readonly record struct RatchetStatement(string Event, long Micros, string? Key, string? Note)
{
    /// <summary>Whether it is a checkpoint of a tree.</summary>
    internal bool Signs(long size, Hash32 root) =>
        Event == AuditEvents.Checkpoint && SignedNote.TryParse(Note, out var note) && Checkpoint.TryParse(note.Text, out var checkpoint)
        && checkpoint.Size == size && checkpoint.Root == root;

    /// <summary>Reads an entry's line without its LF.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> line, out RatchetStatement said)
    {
        said = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var entry = JsonDocument.ParseValue(ref reader);
            var root = entry.RootElement;
            said = new RatchetStatement(
                root.GetProperty("event").GetString() ?? "", (long)(root.GetProperty("timestamp").GetDecimal() * 1_000_000), Text(root, "vkey"), Text(root, "note"));
            return true;
        }
        catch (Exception e) when (IsOfContent(e))
        {
            return false;
        }
    }

    /// <summary>The tree that a prune of the chain left, when it is the one that let go all entries before the first that is there.</summary>
    /// <param name="line">The entry.</param>
    /// <param name="first">The first that is there.</param>
    /// <param name="key">The key that was in force then; null for none.</param>
    /// <param name="next">The one that was announced then.</param>
    internal static CompactRange? PrunedTree(ReadOnlySpan<byte> line, long first, out string? key, out string? next)
    {
        (key, next) = (null, null);
        try
        {
            var reader = new Utf8JsonReader(line);
            using var entry = JsonDocument.ParseValue(ref reader);
            var root = entry.RootElement;
            (key, next) = (Text(root, "vkey"), Text(root, "vkey_next"));
            return root.GetProperty("of").GetString() == "audit" && root.GetProperty("last").GetInt64() + 1 == first
                ? CompactRange.From(first, [.. root.GetProperty("tree").EnumerateArray().Select(hash => Hash32.Parse(hash.GetString()!))])
                : null;
        }
        catch (Exception e) when (IsOfContent(e))
        {
            return null;
        }
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsOfContent(Exception e) =>
        e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException;
}
