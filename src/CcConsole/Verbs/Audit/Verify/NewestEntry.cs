using System.Text.Json;
using CcConsole.Core.Audit;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>Keeps the end of a chain as it is read, for the time of its newest entry.</summary>
internal sealed class NewestEntry
{
    private readonly byte[] _end = new byte[EntryLimits.MaxLineBytes + 2];
    private int _length;

    /// <summary>Takes what was read.</summary>
    public void Saw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= _end.Length)
        {
            bytes[^_end.Length..].CopyTo(_end);
            _length = _end.Length;
            return;
        }
        int kept = Math.Min(_length, _end.Length - bytes.Length);
        _end.AsSpan(_length - kept, kept).CopyTo(_end);
        bytes.CopyTo(_end.AsSpan(kept));
        _length = kept + bytes.Length;
    }

    /// <summary>When it was written, by the host's clock; null when it does not say.</summary>
    public DateTimeOffset? Time
    {
        get
        {
            ReadOnlySpan<byte> line = _end.AsSpan(0, _length).TrimEnd((byte)'\n');
            var json = new Utf8JsonReader(line[(line.LastIndexOf((byte)'\n') + 1)..]);
            try
            {
                while (json.Read())
                {
                    if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1) continue;
                    bool found = json.ValueTextEquals("timestamp"u8);
                    json.Read();
                    if (found) return json.TryGetDouble(out double seconds) && seconds is >= 0 and < 253_402_300_799 ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;
                    json.Skip();
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // Not an entry: the verification says so.
            }
            return null;
        }
    }
}
