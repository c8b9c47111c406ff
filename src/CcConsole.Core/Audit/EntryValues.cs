using System.Text.Json;

namespace CcConsole.Core.Audit;

/// <summary>Members of a line that was verified. Only for the few entries that say something about the chain itself.</summary>
internal static class EntryValues
{
    /// <summary>The entry as JSON; null where this reader does not take what Python's does (half a surrogate pair is no matter until it is asked for).</summary>
    public static JsonDocument? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line.ToArray(), new JsonDocumentOptions { MaxDepth = EntryLimits.MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member that is text; null when there is none.</summary>
    public static string? Text(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        using var entry = Parse(line);
        return entry?.RootElement.Text(name);
    }

    /// <inheritdoc cref="Text(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static string? Text(this JsonElement entry, ReadOnlySpan<byte> name) => entry.Member(name)?.Text();

    /// <summary>The element as text; null when it is none.</summary>
    public static string? Text(this JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: text to Python, none here.
            return null;
        }
    }

    /// <summary>A member; null when there is none, or another one's name is no text here.</summary>
    public static JsonElement? Member(this JsonElement entry, ReadOnlySpan<byte> name)
    {
        try
        {
            return entry.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member that is a whole number; null when there is none.</summary>
    public static long? Whole(this JsonElement entry, ReadOnlySpan<byte> name) =>
        entry.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var whole) ? whole : null;

    /// <summary>A member that is a hash; null when there is none.</summary>
    public static Hash32? Hash(this JsonElement entry, ReadOnlySpan<byte> name) =>
        Hash32.TryParse(entry.Text(name), out var hash) ? hash : null;
}
