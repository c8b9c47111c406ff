using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>Lines of a chain as a pull takes them apart.</summary>
internal static class ChainLines
{
    /// <summary>Cuts bytes at their line feeds; what follows the last one is a line too.</summary>
    public static List<ChainLine> Split(ReadOnlyMemory<byte> bytes, long first)
    {
        List<ChainLine> lines = [];
        while (!bytes.IsEmpty)
        {
            int end = bytes.Span.IndexOf((byte)'\n');
            lines.Add(new ChainLine(first++, end < 0 ? bytes : bytes[..end]));
            bytes = end < 0 ? default : bytes[(end + 1)..];
        }

        return lines;
    }

    /// <summary>
    /// The event of a verified line. In an entry as an agent writes it the name stands as the first member so called, and in every other place
    /// its quotes are escaped: it is found without parsing. Null when there is none.
    /// </summary>
    public static string? Event(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> start = "\"event\": \""u8;
        int at = line.IndexOf(start);
        return at >= 0 && line[(at + start.Length)..] is var rest && rest.IndexOf((byte)'"') is >= 0 and var end
            ? Known(rest[..end]) : null;
    }

    /// <summary>The names that a pull asks for, without a string for each line; any other is empty.</summary>
    private static string Known(ReadOnlySpan<byte> name)
    {
        foreach (string known in (ReadOnlySpan<string>)[AuditEvents.ConsolePulled, AuditEvents.WitnessHead, AuditEvents.KeyNext, AuditEvents.Checkpoint, AuditEvents.Rotate])
        {
            if (System.Text.Ascii.Equals(name, known))
            {
                return known;
            }
        }

        return "";
    }

    /// <summary>A member of an entry that is text; null when there is none.</summary>
    public static string? Member(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        Utf8JsonReader json = new(line);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
                {
                    bool found = json.ValueTextEquals(name);
                    json.Read();
                    if (found)
                    {
                        return json.TokenType == JsonTokenType.String ? json.GetString() : null;
                    }

                    json.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The line was verified in Python's spelling, which knows texts that this reader does not (half a surrogate pair).
        }

        return null;
    }
}
