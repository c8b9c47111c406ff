using System.Globalization;
using System.Text;

namespace CcAgent.Serve;

/// <summary>
/// The change of a table as a unified diff with one hunk: from the first line that differs to the last, with three lines
/// around. It is for people who read the audit log; the hashes beside it tell the bytes.
/// </summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    internal static string Between(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        string[] old = Lines(before), now = Lines(after);
        int head = 0, tail = 0, least = Math.Min(old.Length, now.Length);
        while (head < least && old[head] == now[head])
            head++;
        while (tail < least - head && old[^(tail + 1)] == now[^(tail + 1)])
            tail++;
        if (head == old.Length && head == now.Length)
            return "";
        var (from, rest) = (Math.Max(0, head - Context), Math.Min(tail, Context));
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"@@ -{Range(from, old.Length - tail + rest - from)} +{Range(from, now.Length - tail + rest - from)} @@\n");
        Append(text, ' ', old.AsSpan(from, head - from));
        Append(text, '-', old.AsSpan(head, old.Length - tail - head));
        Append(text, '+', now.AsSpan(head, now.Length - tail - head));
        Append(text, ' ', old.AsSpan(old.Length - tail, rest));
        return text.ToString();
    }

    private static string Range(int from, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? from : from + 1)},{count}");

    private static void Append(StringBuilder text, char sign, ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(sign).Append(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)));
            if (!line.EndsWith('\n'))
                text.Append("\n\\ No newline at end of file\n");
        }
    }

    // Latin-1 keeps every byte, so that lines compare by their bytes; they are shown as UTF-8.
    private static string[] Lines(ReadOnlySpan<byte> table)
    {
        var lines = new List<string>();
        while (!table.IsEmpty)
        {
            var end = table.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? table : table[..end];
            lines.Add(Encoding.Latin1.GetString(line));
            table = table[line.Length..];
        }

        return [.. lines];
    }
}
