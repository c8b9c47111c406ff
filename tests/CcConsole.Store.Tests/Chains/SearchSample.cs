using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Store.Tests.Chains;

/// <summary>Chains with random entries, and what a search must find in them, told without any code of the search.</summary>
internal static partial class SearchSample
{
    public static readonly string[] Words =
    [
        "backup", "Backup", "back", "/usr/local/bin/backup.sh", "usr", "a", "b", "or", "AND", "near", "пойдем", "ПОЙДЕМ", "Ωmega", "x\u0001y", "\u001b[31mred", "\"quoted\"", "back\\slash",
        "internationalization", "internationalizer", "9f3a0000111122223333444455556666", "9f3a00001111222233334444ffffffff", "😀 smile", "line\nbreak", "*", "!", "(", "=ejob.started",
    ];

    public static readonly string[] Events = ["job.started", "job.finished", "crontab.edited", "crontab.changed", "Odd event!"];

    public static readonly string[] Jobs = ["nightly", "j-1", "Groß; DROP", "nightly.2"];

    public static readonly string[] Actors = ["kim", "kim@laptop", "root"];

    private static readonly long Start = (Sample.Start.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Entries whose clock goes back now and then.</summary>
    public static List<ChainLine> Lines(Random random, EntryEncoder encoder, int count)
    {
        List<ChainLine> lines = [];
        for (int i = 0; i < count; i++)
        {
            ArrayBufferWriter<byte> output = new();
            long seq = encoder.NextSeq;
            List<AuditMember> members = [new("command", string.Join(' ', random.GetItems(Words, random.Next(1, 5))))];
            if (random.Next(3) > 0)
                members.Add(new("job_id", random.GetItems(Jobs, 1)[0]));
            if (random.Next(2) > 0)
                members.Add(new("exit_code", random.Next(-1, 3)));
            if (random.Next(3) > 0)
                members.Add(new(random.Next(2) > 0 ? "actor" : "user", random.GetItems(Actors, 1)[0]));
            if (random.Next(4) == 0)
                members.Add(AuditMember.Objects("more", [[new("note", random.GetItems(Words, 1)[0]), new("flag", true)]]));
            encoder.Append(output, random.GetItems(Events, 1)[0], Start + (seq * 60_000_000) - (random.Next(10) == 0 ? 600_000_000 : 0), seq, [.. members]);
            lines.Add(new ChainLine(seq, output.WrittenMemory[..^1].ToArray()));
        }

        return lines;
    }

    /// <summary>Conditions of a query, each there or not, and how each is decided.</summary>
    public static (AuditQuery Query, Func<JsonElement, bool> Means) Query(Random random, string host)
    {
        AuditQuery query = new() { Hosts = [host] };
        List<Func<JsonElement, bool>> all = [];
        bool Now() => random.Next(4) == 0;
        List<string> text = [];
        for (int i = random.Next(4); i > 0; i--)
        {
            string[] words = Cut(string.Join(' ', random.GetItems(Words, random.Next(1, 3))));
            if (words.Length == 0)
                continue;
            bool not = random.Next(4) == 0, start = random.Next(3) == 0;
            string[] asked = start ? [.. words[..^1], words[^1][..random.Next(1, words[^1].Length + 1)]] : words;
            text.Add($"{(not ? "!" : "")}\"{string.Join(random.GetItems([" ", "-", "/"], 1)[0], asked)}\"{(start ? "*" : "")}");
            all.Add(entry => Texts(entry).Any(words => SideBySide(Cut(words), asked, start)) != not);
        }

        query = query with { Text = Core.Audit.Search.SearchText.Parse(string.Join(' ', text)) };
        if (Now() && random.GetItems(Events, 1)[0] is var name)
        {
            bool start = random.Next(2) == 0;
            string asked = start ? name[..4] : name;
            query = query with { Event = start ? asked + "*" : asked };
            all.Add(entry => start ? Text(entry, "event")!.StartsWith(asked, StringComparison.Ordinal) : Text(entry, "event") == asked);
        }

        if (Now() && random.GetItems(Jobs, 1)[0] is var job)
        {
            query = query with { Job = job };
            all.Add(entry => Text(entry, "job_id") == job);
        }

        if (Now() && random.GetItems(Actors, 1)[0] is var actor)
        {
            query = query with { Actor = actor };
            all.Add(entry => (Text(entry, "actor") ?? Text(entry, "user")) == actor);
        }

        if (Now() && random.Next(-1, 3) is var code)
        {
            query = query with { ExitCode = code };
            all.Add(entry => entry.TryGetProperty("exit_code", out JsonElement exit) && exit.GetInt32() == code);
        }

        if (Now())
        {
            query = query with { FailuresOnly = true };
            all.Add(entry => entry.TryGetProperty("exit_code", out JsonElement exit) && exit.GetInt32() != 0);
        }

        if (Now() && Sample.Start.AddMinutes(random.Next(0, 4000)) is var since)
        {
            query = query with { Since = since };
            all.Add(entry => Time(entry) >= since);
        }

        if (Now() && Sample.Start.AddMinutes(random.Next(0, 4000)) is var until)
        {
            query = query with { Until = until };
            all.Add(entry => Time(entry) < until);
        }

        if (Now() && random.Next(3000) is var first)
        {
            query = query with { First = first, Last = first + random.Next(2000) };
            all.Add(entry => entry.GetProperty("seq").GetInt64() >= query.First && entry.GetProperty("seq").GetInt64() <= query.Last);
        }

        return (query, entry => all.All(condition => condition(entry)));
    }

    private static bool SideBySide(string[] words, string[] asked, bool start) => Enumerable.Range(0, Math.Max(0, words.Length - asked.Length + 1)).Any(at =>
        words.AsSpan(at, asked.Length - 1).SequenceEqual(asked.AsSpan(0, asked.Length - 1))
        && (start ? words[at + asked.Length - 1].StartsWith(asked[^1], StringComparison.Ordinal) : words[at + asked.Length - 1] == asked[^1]));

    // й is и with a mark.
    private static string[] Cut(string text) => [.. Word().Matches(text.ToLowerInvariant().Replace('й', 'и')).Select(match => match.Value)];

    private static IEnumerable<string> Texts(JsonElement entry, bool top = true)
    {
        foreach (JsonProperty member in entry.EnumerateObject())
        {
            if (top && member.Name is "prev_hash" or "chain" or "seq" or "mono_us" or "timestamp" or "v")
                continue;
            JsonElement[] values = member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray()] : [member.Value];
            foreach (string text in values.SelectMany(value => value.ValueKind switch
            {
                JsonValueKind.Object => Texts(value, false),
                JsonValueKind.True => [member.Name],
                JsonValueKind.String => [value.GetString()!],
                _ => [value.GetRawText()],
            }))
            {
                yield return text;
            }
        }
    }

    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static DateTimeOffset Time(JsonElement entry) => DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(entry.GetProperty("timestamp").GetDouble() * 1_000_000) * TimeSpan.TicksPerMicrosecond);

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
