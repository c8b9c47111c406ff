using System.Globalization;
using CcConsole.Core;
using CcConsole.Core.Audit.Search;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Screens;

/// <summary>
/// What is typed into the filter of the audit screen, as a query over the copies: words and <c>!words</c>, and <c>event: job: actor: exit:
/// since: until: host:</c> and <c>#120</c> or <c>#120-180</c>. The word that is being typed matches by its start.
/// </summary>
internal static class AuditFilter
{
    /// <summary>At most so many entries are shown of what matches, the newest.</summary>
    public const int Most = 2_000;

    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    /// <summary>Reads it.</summary>
    /// <param name="text">As it was typed.</param>
    /// <param name="hosts">The hosts that it is asked of.</param>
    /// <param name="now">Now.</param>
    /// <param name="zone">The zone of the console: a wall clock's time is one of it, by the offset that it has then.</param>
    /// <param name="of">The host whose list it is; null where all hosts' entries are listed.</param>
    /// <exception cref="ProblemException">It is not understood.</exception>
    public static AuditQuery Parse(string text, IReadOnlyList<string> hosts, DateTimeOffset now, TimeZoneInfo zone, string? of = null)
    {
        var query = new AuditQuery { Hosts = hosts, Limit = Most };
        var words = new List<string>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            query = Add(query, part, words, now, zone, of);
        // A lone "!" and a quote that is still open are not finished yet.
        if (words is [.., "!"])
            words.RemoveAt(words.Count - 1);
        var said = string.Join(' ', words);
        if (said.Count(c => c == '"') % 2 == 1)
            said += '"';
        else if (said.Length > 0 && !text.EndsWith(' ') && words[^1] is var last && last[0] != '!' && char.IsLetterOrDigit(last[^1]) && text.EndsWith(last, StringComparison.Ordinal))
            said += '*';
        return query with { Text = SearchText.Parse(said) };
    }

    private static AuditQuery Add(AuditQuery query, string part, List<string> words, DateTimeOffset now, TimeZoneInfo zone, string? of)
    {
        var colon = part.IndexOf(':', StringComparison.Ordinal);
        var (name, value) = colon > 0 && colon < part.Length - 1 ? (part[..colon], part[(colon + 1)..]) : ("", part);
        switch (name)
        {
            case "event":
                return query with { Event = value };
            case "job":
                return query with { Job = value };
            case "actor":
                return query with { Actor = value };
            case "exit":
                return value is "!0" or "fail" ? query with { FailuresOnly = true } : query with { ExitCode = Number(value, part) };
            case "since":
                return query with { Since = Time(value, part, now, zone) };
            case "until":
                return query with { Until = Time(value, part, now, zone) };
            case "host":
                var meant = query.Hosts.Where(host => host.Contains(value, StringComparison.OrdinalIgnoreCase)).ToList();
                return meant.Count > 0 ? query with { Hosts = meant } : throw (of is null
                    ? new ProblemException($"there is no copy of a host {value}", "The fleet (1) shows of which hosts a chain was pulled.")
                    : new ProblemException($"{part}: this list is of {of} alone", "A lists the entries of all hosts."));
        }
        if ((name.StartsWith('!') && IsName(name[1..])) || (part.StartsWith("!#", StringComparison.Ordinal) && part.Length > 2))
            throw new ProblemException($"{part}: only words can be excluded", "!job.finished or !many leaves out each entry that says it; exit:fail is every failed run.");
        if (part[0] == '#' && part.Length > 1)
        {
            var ends = part[1..].Split('-', 2);
            if (ends[0].Length == 0)
                throw new ProblemException($"{part}: the number that it begins with is missing", "#120 or #120-180 are meant.");
            var first = Number(ends[0].TrimStart('#'), part);
            return query with { First = first, Last = ends is [_, { Length: > 0 } last] ? Number(last.TrimStart('#'), part) : first };
        }
        if (colon != part.Length - 1 || !IsName(part[..^1].TrimStart('!')))
            words.Add(part);
        return query;
    }

    // "job:" with nothing behind it is being typed: no condition yet.
    private static bool IsName(string text) => text is "event" or "job" or "actor" or "exit" or "since" or "until" or "host";

    private static long Number(string value, string part) => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number : throw new ProblemException($"{part}: {value} is no whole number", "exit:1 and #120 or #120-180 are meant; exit:fail is every failed run.");

    private static DateTimeOffset Time(string value, string part, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (value.Length > 1 && double.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count is >= 0 and < 100_000)
        {
            var span = value[^1] switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => TimeSpan.MinValue,
            };
            if (span != TimeSpan.MinValue)
                return now - span;
        }
        if (TimeOnly.TryParseExact(value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var today))
            return TimeArgument.At(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).Date).ToDateTime(today), zone)!.Value;
        return DateTime.TryParseExact(value, Times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && TimeArgument.At(time, zone) is { } at
            ? at
            : throw new ProblemException($"{part}: {value} is no time", "since:2h, since:14:02, since:2026-11-20 and since:2026-11-20T14:02 are meant.");
    }
}
