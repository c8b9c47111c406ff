using System.Runtime.CompilerServices;

namespace CcConsole.Core.Cron;

/// <summary>One change of a zone's offset from UTC.</summary>
/// <param name="Minute">The first minute since 1970 (UTC) with the new offset.</param>
/// <param name="Shift">New offset less the old one, in minutes.</param>
internal readonly record struct ZoneChange(long Minute, int Shift);

/// <summary>
/// A zone's offsets in minutes, kept year by year as they are asked for: TimeZoneInfo answers for a moment, not for
/// "when next". Offsets of years that the calendar of this class does not cover (before 1970, after 2569) are asked anew
/// each time and have no changes.
/// </summary>
internal sealed class ZoneOffsets
{
    private const int FirstYear = 1970;
    private const int Years = 600;
    private static readonly ConditionalWeakTable<TimeZoneInfo, ZoneOffsets> Known = [];
    private readonly TimeZoneInfo _zone;
    private readonly Year?[] _years = new Year?[Years];

    private ZoneOffsets(TimeZoneInfo zone) => _zone = zone;

    private sealed record Year(int Offset, ZoneChange[] Changes);

    public static ZoneOffsets Of(TimeZoneInfo zone) =>
        Known.TryGetValue(zone, out var offsets) ? offsets : Known.GetValue(zone, static z => new ZoneOffsets(z));

    /// <summary>The offset in force at a minute since 1970 (UTC).</summary>
    public int At(long minute)
    {
        if (YearOf(minute) is not (>= 0 and < Years and var index))
        {
            return Ask(minute);
        }

        var year = Load(index);
        var offset = year.Offset;
        foreach (var change in year.Changes)
        {
            offset += change.Minute <= minute ? change.Shift : 0;
        }

        return offset;
    }

    /// <summary>The first change from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public bool TryFirst(long from, long to, out ZoneChange change)
    {
        change = default;
        var last = Math.Min(YearOf(to), Years - 1);
        for (var index = Math.Max(0, YearOf(from)); index <= last; index++)
        {
            foreach (var candidate in Load(index).Changes)
            {
                if (candidate.Minute >= from)
                {
                    change = candidate;
                    return candidate.Minute <= to;
                }
            }
        }

        return false;
    }

    /// <summary>The last change up to <paramref name="from"/>, not before <paramref name="to"/>.</summary>
    public bool TryLast(long from, long to, out ZoneChange change)
    {
        change = default;
        var last = Math.Max(0, YearOf(to));
        for (var index = Math.Min(YearOf(from), Years - 1); index >= last; index--)
        {
            var changes = Load(index).Changes;
            for (var i = changes.Length - 1; i >= 0; i--)
            {
                if (changes[i].Minute <= from)
                {
                    change = changes[i];
                    return change.Minute >= to;
                }
            }
        }

        return false;
    }

    private Year Load(int index) => _years[index] ??= Compute(index + FirstYear);

    private Year Compute(int year)
    {
        const int Step = 24 * 60;
        var start = StartOf(year);
        var end = StartOf(year + 1);
        var offset = Ask(start - 1);
        var changes = new List<ZoneChange>();

        // The year owns the changes of its own minutes; the offset it starts from is that of the minute before.
        var before = offset;
        for (var minute = start - 1; minute < end - 1;)
        {
            var next = Math.Min(minute + Step, end - 1);
            var after = Ask(next);
            if (after != before)
            {
                var (low, high) = (minute, next);
                while (high - low > 1)
                {
                    var middle = low + ((high - low) / 2);
                    (low, high) = Ask(middle) == before ? (middle, high) : (low, middle);
                }

                changes.Add(new ZoneChange(high, Ask(high) - before));
                (before, minute) = (Ask(high), high);
                continue;
            }

            minute = next;
        }

        return new Year(offset, [.. changes]);
    }

    private int Ask(long minute)
    {
        var ticks = (minute * TimeSpan.TicksPerMinute) + DateTime.UnixEpoch.Ticks;
        var offset = _zone.GetUtcOffset(new DateTime(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc));
        return (int)Math.Floor(offset.TotalMinutes);
    }

    private static long StartOf(int year) =>
        (new DateTime(year, 1, 1).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;

    private static int YearOf(long minute) =>
        new DateTime(Math.Clamp((minute * TimeSpan.TicksPerMinute) + DateTime.UnixEpoch.Ticks, 0, DateTime.MaxValue.Ticks)).Year - FirstYear;
}
