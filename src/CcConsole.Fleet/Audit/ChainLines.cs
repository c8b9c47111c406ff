using System.Text.Json;
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
