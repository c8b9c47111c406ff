using System.Text.Json;
using CcConsole.Core.Reports;

namespace CcAgent.Daemon;

/// <summary>
/// Collects the bytes of one JSON object, on one line or on many, and notices its end without reading anything twice.
/// </summary>
internal sealed class JsonFrame
{
    private const int FirstBytes = 4096;

    private readonly BufferPool _pool;
    private byte[] _buffer;
    private int _length;
    private int _consumed;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = ReportLimits.MaxDepth });

    internal JsonFrame(BufferPool pool) => (_pool, _buffer) = (pool, pool.Take(FirstBytes));

    /// <summary>What has come.</summary>
    internal ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>How much memory it holds.</summary>
    internal int Capacity => _buffer.Length;

    /// <summary>Room for more; empty when the limit is reached.</summary>
    internal Span<byte> GetRoom()
    {
        if (_length == _buffer.Length && _length <= ReportLimits.MaxReportBytes)
        {
            var larger = _pool.Take(Math.Min(ReportLimits.MaxReportBytes + 1, _buffer.Length * 4));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            _pool.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    /// <summary>Takes note of bytes put into the room.</summary>
    /// <returns>The object's length when it is whole, 0 when more is needed, -1 when this can become no JSON object.</returns>
    internal int Advance(int count)
    {
        _length += count;
        try
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_consumed, _length - _consumed), isFinalBlock: false, _state);
            var whole = 0;
            while (whole == 0 && reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType != JsonTokenType.StartObject)
                    whole = reader.TokenType == JsonTokenType.EndObject ? _consumed + (int)reader.BytesConsumed : -1;
            }

            _consumed += (int)reader.BytesConsumed;
            _state = reader.CurrentState;
            return whole;
        }
        catch (JsonException)
        {
            return -1;
        }
    }

    /// <summary>Gives its memory back; what has come is gone.</summary>
    internal void Release()
    {
        if (_buffer.Length > 0)
            _pool.Return(_buffer);
        (_buffer, _length, _consumed) = ([], 0, 0);
    }
}
