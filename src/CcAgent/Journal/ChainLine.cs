using System.Text.Json;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>What the daemon needs of one line that it wrote itself, once the line's hash has been found to be right.</summary>
internal readonly record struct ChainLine(string Chain, string Event, long Seq, Hash32 Previous, Hash32 Hash, long? Report, string? Segment)
{
    // `, "hash": "…"` before the final brace.
    private const int HashMemberBytes = 76;

    /// <summary>Reads a line without its LF; false when it is not a whole entry with the right hash.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> line, out ChainLine read)
    {
        read = default;
        if (line.Length <= HashMemberBytes || line.Length > EntryLimits.MaxLineBytes || line[^1] != (byte)'}')
            return false;
        var digest = new Sha256();
        digest.Append(line[..^(HashMemberBytes + 1)]);
        digest.Append("}"u8);
        var hash = digest.Finish();
        if (!Hash32.TryParse(line[^66..^2], out var stated) || stated != hash)
            return false;
        try
        {
            return Members(line, hash, out read);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (FormatException)
        {
            // A number that is none of ours.
            return false;
        }
    }

    /// <summary>When the first entry of a segment was written, in microseconds since 1970; null when it has none.</summary>
    internal static long? FirstMicros(string path)
    {
        using var lines = new LineSource(path);
        var line = lines.Next();
        return !line.IsEmpty && RatchetStatement.TryRead(line[..^1], out var said) ? said.Micros : null;
    }

    private static bool Members(ReadOnlySpan<byte> line, Hash32 hash, out ChainLine read)
    {
        string? chain = null, name = null, segment = null;
        long? seq = null, report = null;
        Hash32? previous = null;
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            switch (member)
            {
                case "chain": chain = reader.GetString(); break;
                case "event": name = reader.GetString(); break;
                case "seq": seq = reader.GetInt64(); break;
                case "report" when reader.TokenType == JsonTokenType.Number: report = reader.GetInt64(); break;
                case "segment" when reader.TokenType == JsonTokenType.String: segment = reader.GetString(); break;
                case "prev_hash": previous = Hash32.TryParse(reader.GetString(), out var parsed) ? parsed : null; break;
                default: reader.Skip(); break;
            }
        }

        read = chain is null || name is null || seq is null || previous is null ? default
            : new ChainLine(chain, name, seq.Value, previous.Value, hash, report, segment);
        return read.Chain is not null;
    }
}
