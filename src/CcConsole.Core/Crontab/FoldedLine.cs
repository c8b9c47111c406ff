namespace CcConsole.Core.Crontab;

/// <summary>
/// Lines that busybox joins: one that ends with a backslash goes on with the next, comments too. The joined line is one
/// line, whose span holds all of them; a <see cref="ContinuationLine"/> stands for each further one.
/// </summary>
internal static class FoldedLine
{
    /// <summary>Offsets, from the line's start, of the backslashes and line feeds that joining takes away, in order; the
    /// length grows to hold all lines that are joined.</summary>
    public static int[] Find(ReadOnlySpan<byte> table, int start, ref int length)
    {
        if (length == 0 || table[start + length - 1] != '\\')
        {
            return [];
        }

        var removed = new SortedSet<int>();
        while (LastKept(length, removed) is >= 0 and var last && table[start + last] == '\\')
        {
            removed.Add(last);
            var next = start + length + 1;
            if (next >= table.Length)
            {
                break;
            }

            removed.Add(length);
            var more = table[next..].IndexOf((byte)'\n');
            length = next - start + (more < 0 ? table.Length - next : more);
        }

        return [.. removed];
    }

    /// <summary>Reads the joined text, and finds the places of its parts in the table.</summary>
    public static CrontabLine Parse(ReadOnlySpan<byte> table, in LineParse parse, int[] removed)
    {
        var text = Without(table.Slice(parse.Span.Start, parse.Span.Length), removed);
        var origin = parse.Span.Start;
        var line = parse.Read(text);
        return line switch
        {
            EntryLine entry => entry with { ScheduleSpan = Place(entry.ScheduleSpan), CommandSpan = Place(entry.CommandSpan) },
            UnparsedLine unparsed => unparsed with { Offset = OffsetOf(unparsed.Offset, removed) },
            _ => line,
        };

        ByteSpan Place(ByteSpan part)
        {
            var start = OffsetOf(part.Start - origin, removed);
            return new(origin + start, part.Length == 0 ? 0 : OffsetOf(part.End - 1 - origin, removed) + 1 - start);
        }
    }

    /// <summary>The text that a part of a joined line stands for.</summary>
    public static byte[] Join(ReadOnlySpan<byte> part)
    {
        var length = part.IndexOf((byte)'\n');
        return length < 0 ? part.ToArray() : Without(part, Find(part, 0, ref length));
    }

    /// <summary>One line for each that is joined to the first.</summary>
    public static void AddContinuations(ReadOnlySpan<byte> table, ByteSpan span, List<CrontabLine> lines)
    {
        for (var at = span.Start; table[at..span.End].IndexOf((byte)'\n') is >= 0 and var feed;)
        {
            at += feed + 1;
            var length = table[at..span.End].IndexOf((byte)'\n');
            lines.Add(new ContinuationLine(lines.Count + 1, new(at, length < 0 ? span.End - at : length)));
        }
    }

    private static byte[] Without(ReadOnlySpan<byte> bytes, int[] removed)
    {
        var text = new byte[bytes.Length - removed.Length];
        for (int at = 0, to = 0, skip = 0; at < bytes.Length; at++)
        {
            if (skip < removed.Length && removed[skip] == at)
            {
                skip++;
                continue;
            }

            text[to++] = bytes[at];
        }

        return text;
    }

    private static int LastKept(int length, SortedSet<int> removed)
    {
        var last = length - 1;
        while (last >= 0 && removed.Contains(last))
        {
            last--;
        }

        return last;
    }

    /// <summary>Where a byte of the joined text stands among those that it was made of.</summary>
    private static int OffsetOf(int joined, int[] removed)
    {
        foreach (var gone in removed)
        {
            joined += gone <= joined ? 1 : 0;
        }

        return joined;
    }
}
