using System.Text.Json;

namespace CcConsole.Core.Audit;

/// <summary>Says in words why a line is no entry. Only for the one line at which a verification ends.</summary>
internal static class LineText
{
    /// <summary>The verdict and its sentence, as if the line were the last one: <see cref="Verdict.Torn"/> holds only for that.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <param name="found">What the scan found.</param>
    /// <param name="number">1-based number of the line.</param>
    /// <param name="terminated">Whether a line feed ends it.</param>
    public static (Verdict Verdict, string Message) Explain(ReadOnlySpan<byte> line, in EntryLine found, long number, bool terminated)
    {
        var json = IsJson(line);
        var cut = found.Fault == LineFault.Spelling && found.Length == line.Length && !line.IsEmpty;
        if (!json && (!terminated || cut))
            return (Verdict.Torn, $"line {number}, the last one, is incomplete");
        if (line.Length > EntryLimits.MaxLineBytes)
            return (Verdict.NonCanonical, $"line {number} is longer than the {EntryLimits.MaxLineBytes} bytes that an entry may have");
        if (line.IsEmpty)
            return (Verdict.NonCanonical, $"line {number} is empty");
        switch (found.Fault)
        {
            case LineFault.Duplicate:
                return (Verdict.NonCanonical, $"line {number} has a member twice");
            case LineFault.Depth:
                return (Verdict.NonCanonical, $"line {number} is nested more than {EntryLimits.MaxDepth} levels deep");
            case LineFault.Constant:
                return (Verdict.NonCanonical, $"line {number} holds NaN or Infinity, which JSON does not know");
        }
        return (Verdict.NonCanonical, json
            ? $"line {number} is not spelled as an entry is written: see its byte {found.Length + 1}"
            : $"line {number} is not JSON: see its byte {found.Length + 1}");
    }

    private static bool IsJson(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = EntryLimits.MaxDepth });
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
