namespace CcAgent.Journal;

/// <summary>Handles one line of a journal, with its LF; false ends the reading.</summary>
internal delegate bool LineHandler(long seq, ReadOnlySpan<byte> line);

/// <summary>Reads journals without their writer.</summary>
internal static class JournalReading
{
    /// <summary>Hands over the lines from a sequence number on, in their order, torn ends left out.</summary>
    /// <returns>The sequence number after the last line that was handed over.</returns>
    internal static long From(IReadOnlyList<Segment> segments, long seq, LineHandler handler)
    {
        for (var i = 0; i < segments.Count; i++)
        {
            var end = i + 1 < segments.Count ? segments[i + 1].First : long.MaxValue;
            if (end <= seq)
                continue;
            using var lines = new LineSource(segments[i].Path);
            for (var at = segments[i].First; at < end; at++)
            {
                var line = lines.Next();
                if (line.IsEmpty)
                    break;
                if (at < seq)
                    continue;
                if (!handler(at, line))
                    return at;
                seq = at + 1;
            }
        }

        return seq;
    }

    /// <summary>Hands over the run keys and the content keys of all reports that were recorded at or after a time.</summary>
    internal static void RunKeysSince(string reports, long micros, Action<string> handler)
    {
        var segments = Segments.In(reports);
        // A segment is older than the time as a whole when the next one begins before it.
        var first = segments.Count - 1;
        while (first > 0 && !(FirstReceived(segments[first].Path) < micros))
            first--;
        if (first < 0)
            return;
        From(segments, segments[first].First, (_, line) =>
        {
            if (ReportLine.Received(line) >= micros && ReportLine.RunKey(line) is { } key)
            {
                handler(key);
                handler(ReportLine.ContentKey(key, ReportLine.Report(line)));
            }

            return true;
        });
    }

    /// <summary>When the first report of a segment came, in microseconds since 1970; null when it has none.</summary>
    internal static long? FirstReceived(string path)
    {
        using var lines = new LineSource(path);
        return ReportLine.Received(lines.Next());
    }
}
