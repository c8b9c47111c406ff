using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Store.Access;

namespace CcConsole.Store.Chains;

/// <summary>
/// Finds an entry in an archive by the number that each line has, in some twenty reads instead of all that lies before it: a screen reads
/// pages of it while it draws. Whether the lines are what they should be, a verification says, which reads all of them.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="first">The sequence of its first line.</param>
/// <param name="end">The first sequence that is not in it.</param>
/// <param name="bytes">How many bytes of it are the copy's.</param>
internal sealed class ArchivePlaces(string path, long first, long end, long bytes)
{
    /// <summary>So near the entry the lines are read one by one.</summary>
    private const long Near = 64 * 1024;

    /// <summary>A line at or before an entry: its sequence and where it begins. The first line where no other is found.</summary>
    public (long Seq, long Offset) Before(long seq)
    {
        using FileStream file = LineFile.Open(path);
        (long Seq, long Offset) low = (first, 0);
        byte[] buffer = new byte[2 * EntryLimits.MaxLineBytes];
        for (long high = bytes; high - low.Offset > Near;)
        {
            long middle = low.Offset + ((high - low.Offset) / 2);
            if (LineFrom(file, middle, buffer) is not { } line)
            {
                break;
            }

            // A number that cannot stand there is none to go by.
            if (line.Seq > low.Seq && line.Seq < end && line.Seq <= seq)
            {
                low = line;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The first line that begins behind an offset and has a number.</summary>
    private (long Seq, long Offset)? LineFrom(FileStream file, long offset, byte[] buffer)
    {
        file.Position = offset;
        int read = file.ReadAtLeast(buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - offset)), (int)Math.Min(buffer.Length, bytes - offset), throwOnEndOfStream: false);
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, read);
        int start = rest.IndexOf((byte)'\n') + 1;
        int length = rest[start..].IndexOf((byte)'\n');
        return start > 0 && length >= 0 && Seq(rest.Slice(start, length)) is { } seq ? (seq, offset + start) : null;
    }

    private static long? Seq(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader json = new(line);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1)
                {
                    bool found = json.ValueTextEquals("seq"u8);
                    json.Read();
                    if (found)
                    {
                        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long seq) ? seq : null;
                    }

                    json.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A line that was edited: the entry is looked for from further before.
        }

        return null;
    }
}
