using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EndToEnd.Audit.AttackersGame;

/// <summary>Lines of a chain as an attacker cuts, changes and forges them: as text, by the published format alone.</summary>
internal static partial class LineText
{
    public static readonly string NoHash = new('0', 64);

    /// <summary>The hash that a line should have; null where it names none.</summary>
    public static string? Computed(string line)
    {
        int at = line.LastIndexOf(", \"hash\": \"", StringComparison.Ordinal);
        return at < 0 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line[..at] + "}")));
    }

    /// <summary>The hash that a line names.</summary>
    public static string? Stored(string line) => Text(line, "hash");

    /// <summary>A text or number of a line; null when it has none, or is no JSON.</summary>
    public static string? Text(string line, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement value)
                ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Microseconds of the monotonic clock.</summary>
    public static long Mono(string line) => long.Parse(Text(line, "mono_us")!, CultureInfo.InvariantCulture);

    /// <summary>Seconds since 1970 by the wall clock.</summary>
    public static double Wall(string line) => double.Parse(Text(line, "timestamp")!, CultureInfo.InvariantCulture);

    public static bool IsEvent(string line, string name) => Text(line, "event") == name;

    /// <summary>Puts other text in a member's place; the line's hash no longer holds.</summary>
    public static string With(string line, string name, string json) =>
        new Regex($"\"{name}\": (\"(?:[^\"\\\\]|\\\\.)*\"|[-0-9.]+)").Replace(line, $"\"{name}\": {json.Replace("$", "$$", StringComparison.Ordinal)}", 1);

    /// <summary>Makes all from an entry on a chain again: numbers, links and hashes, as whoever can write the file can.</summary>
    public static void Rehash(List<string> lines, int from)
    {
        for (int i = Math.Max(0, from); i < lines.Count; i++)
        {
            string line = With(lines[i], "seq", i.ToString(CultureInfo.InvariantCulture));
            line = With(line, "prev_hash", $"\"{(i == 0 ? NoHash : Stored(lines[i - 1]))}\"");
            lines[i] = With(line, "hash", $"\"{Computed(line)}\"");
        }
    }

    /// <summary>A text as Python's json.dumps writes it.</summary>
    public static string Json(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
            json.Append(c switch { '\n' => "\\n", '"' => "\\\"", '\\' => "\\\\", < ' ' or > '~' => $"\\u{(int)c:x4}", _ => c.ToString() });
        return json.Append('"').ToString();
    }
}
