using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Places;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>Entries that may go: whole segments of one first number, and what the chain is to say of them.</summary>
/// <param name="First">The sequence number of the first of them.</param>
/// <param name="Last">That of the last.</param>
/// <param name="Members">The members of the audit.prune entry.</param>
internal sealed record PrunedEntries(long First, long Last, IReadOnlyList<AuditMember> Members);

/// <summary>Where an entry lies.</summary>
/// <param name="Segment">Its segment.</param>
/// <param name="Offset">Where in it the entry begins.</param>
internal readonly record struct EntryPlace(Segment Segment, long Offset);

/// <summary>
/// Finds what of the chain may go: the oldest entries, whole segments at a time and never the one that is written, only where
/// the settings ask for it, and only what a console has pulled and acknowledged: a console.pulled entry names the hash that
/// the chain has at that place. Reads files that are not written any more, so it may run beside the writer.
/// </summary>
internal static class ChainPruning
{
    /// <summary>The next entries to go; null for none.</summary>
    /// <param name="places">Whose chain.</param>
    /// <param name="settings">How long it is kept.</param>
    /// <param name="now">The time.</param>
    internal static PrunedEntries? Next(AgentPlaces places, AuditSettings settings, DateTimeOffset now)
    {
        // An empty one says nothing, wherever its number would have it.
        var segments = Segments.In(places.Audit).FindAll(static segment => segment.Bytes > 0);
        if (Due(segments, settings, now) is not { } due || Acknowledged(segments, due.End - 1, JournalBounds.Of(places).Entries) is not { } pulled)
            return null;
        var signatures = ChainSignatures.Read(segments, null, due.End);
        // It is longer where a line is missing, and its tree another.
        if (signatures.Tree.Size != due.End || HashAt(segments, due.End - 1) is not { } last)
            return null;
        List<AuditMember> members =
        [
            new("of", "audit"),
            new("first", due.First),
            new("last", due.End - 1),
            new("last_hash", last.ToString()),
            new("root", signatures.Tree.Root.ToString()),
            new("tree", signatures.Tree.Hashes.Select(static hash => hash.ToString()).ToList()),
            new("bytes", due.Bytes),
            new("reason", due.Reason),
            new("acknowledged", pulled),
        ];
        // From where the chain then begins, its signatures are verified by these.
        if (signatures.InForce is { Length: > 0 } key)
            members.Add(new("vkey", key));
        if (signatures.Announced is { } next)
            members.Add(new("vkey_next", next));
        return new PrunedEntries(due.First, due.End - 1, members);
    }

    /// <summary>Where an entry lies that says that these are given up, and the console.pulled entry that it names.</summary>
    /// <param name="segments">The chain's segments.</param>
    /// <param name="pruned">The first and the last of them.</param>
    /// <param name="from">The sequence number from which on it is looked for.</param>
    /// <returns>Null when there are no such entries.</returns>
    internal static (EntryPlace By, EntryPlace Held)? Find(List<Segment> segments, (long First, long Last) pruned, long from)
    {
        long? acknowledged = null;
        var by = Find(segments, from, line =>
            line.IndexOf("\"event\": \"audit.prune\""u8) >= 0
            && Read(line, static root => root.GetProperty("of").ValueEquals("audit")
                ? (Of: (root.GetProperty("first").GetInt64(), root.GetProperty("last").GetInt64()), By: root.GetProperty("acknowledged").GetInt64()) : default) is var (of, seq)
            && of == pruned && (acknowledged = seq) is not null);
        return by is { } told && Find(segments, acknowledged!.Value, static _ => true) is { } held ? (told, held) : null;
    }

    /// <summary>Where an entry lies that says where a segment that was given up has a torn end; null when there is none.</summary>
    /// <param name="segments">The chain's segments.</param>
    /// <param name="name">The segment's file name.</param>
    /// <param name="last">The last entry that was given up.</param>
    internal static EntryPlace? Torn(List<Segment> segments, string name, long last)
    {
        // It is among the first that followed.
        var segment = Encoding.ASCII.GetBytes($"\"segment\": \"{name}\"");
        return Find(segments, last + 1, line => line.IndexOf("\"event\": \"audit.recovered\""u8) >= 0 && line.IndexOf(segment) >= 0, last + 64);
    }

    private delegate bool LineTest(ReadOnlySpan<byte> line);

    private static EntryPlace? Find(List<Segment> segments, long from, LineTest test, long until = long.MaxValue)
    {
        for (var i = 0; i < segments.Count && segments[i].First < until; i++)
        {
            var end = i + 1 < segments.Count ? Math.Min(segments[i + 1].First, until) : until;
            if (end <= from)
                continue;
            using var lines = new LineSource(segments[i].Path);
            var offset = 0L;
            for (var seq = segments[i].First; seq < end; seq++, offset = lines.Offset)
            {
                var line = lines.Next();
                if (line.IsEmpty)
                    break;
                if (seq >= from && test(line))
                    return new EntryPlace(segments[i], offset);
            }
        }

        return null;
    }

    private static (long First, long End, long Bytes, string Reason)? Due(List<Segment> segments, AuditSettings settings, DateTimeOffset now)
    {
        if (segments.Count == 0)
            return null;
        var first = segments[0].First;
        var next = segments.FindIndex(segment => segment.First > first);
        if (next < 0)
            return null;
        var oldest = segments[..next];
        // No entry in it came after its last writing.
        var age = now - oldest.Max(static segment => File.GetLastWriteTimeUtc(segment.Path));
        var reason = settings.MaxAgeDays > 0 && age > TimeSpan.FromDays(settings.MaxAgeDays)
            ? string.Create(CultureInfo.InvariantCulture, $"older than {settings.MaxAgeDays} days")
            : settings.MaxMegabytes > 0 && segments.Sum(static segment => segment.Bytes) > settings.MaxMegabytes * 1024L * 1024
                ? string.Create(CultureInfo.InvariantCulture, $"more than {settings.MaxMegabytes} MiB of entries") : null;
        return reason is null ? null : (first, segments[next].First, oldest.Sum(static segment => segment.Bytes), reason);
    }

    // The number of a console.pulled entry by which a console holds the chain up to an entry at least; the newest are looked at first.
    private static long? Acknowledged(List<Segment> segments, long last, long bound)
    {
        for (var i = segments.Count - 1; i >= 0; i--)
        {
            long? found = null;
            var end = Math.Min(bound, i + 1 < segments.Count ? segments[i + 1].First : long.MaxValue);
            JournalReading.From(segments[i..(i + 1)], segments[i].First, (seq, line) =>
            {
                if (seq >= end)
                    return false;
                if (line.IndexOf("\"event\": \"console.pulled\""u8) >= 0
                    && Read(line, static root => (root.GetProperty("console_seq").GetInt64(), root.GetProperty("console_hash").GetString())) is var (held, hash)
                    && held >= last && held < seq && Hash32.TryParse(hash, out var stated) && HashAt(segments, held) == stated)
                {
                    found = seq;
                }

                return found is null;
            });
            if (found is not null)
                return found;
        }

        return null;
    }

    private static Hash32? HashAt(List<Segment> segments, long seq)
    {
        Hash32? hash = null;
        JournalReading.From(segments, seq, (at, line) =>
        {
            if (at == seq && ChainLine.TryRead(line[..^1], out var read) && read.Seq == seq)
                hash = read.Hash;
            return false;
        });
        return hash;
    }

    private static T? Read<T>(ReadOnlySpan<byte> line, Func<JsonElement, T> member)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var entry = JsonDocument.ParseValue(ref reader);
            return member(entry.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return default;
        }
    }
}
