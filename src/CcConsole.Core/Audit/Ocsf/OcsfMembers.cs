using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit.Search;

namespace CcConsole.Core.Audit.Ocsf;

/// <summary>The members of an entry that are one value, as text: what is missing, null or not one value is null.</summary>
internal sealed class OcsfMembers
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private OcsfMembers()
    {
    }

    /// <summary>The names and values, in the order of the line.</summary>
    public IEnumerable<KeyValuePair<string, string>> All => _values;

    /// <summary>A value by its member's name.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Reads an entry; a line that is no JSON has the members before its fault.</summary>
    public static OcsfMembers Read(ReadOnlySpan<byte> line)
    {
        OcsfMembers members = new();
        EntryReader reader = new(line, new char[Math.Min(line.Length, EntryLimits.MaxLineBytes)]);
        try
        {
            while (reader.Read())
            {
                if (reader.IsWhole && reader.Type != JsonTokenType.Null)
                {
                    members._values[Encoding.UTF8.GetString(reader.Member)] = reader.Type switch
                    {
                        JsonTokenType.True => "true",
                        JsonTokenType.False => "false",
                        // Through UTF-8: half of a surrogate pair, which no JSON writer takes, becomes the mark for it.
                        _ => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(reader.Text.ToArray())),
                    };
                }
            }
        }
        catch (JsonException)
        {
            // The line itself goes along, and a verification says what is wrong with it.
        }

        return members;
    }
}
