using System.Buffers;

namespace CcConsole.Ssh;

/// <summary>Reads a stream to its end, up to a limit.</summary>
internal static class ByteCollector
{
    /// <summary>All bytes of the stream, or null when there are more than <paramref name="limit"/>. A broken stream counts as ended.</summary>
    internal static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, int limit)
    {
        ArrayBufferWriter<byte> collected = new();
        try
        {
            int count;
            while ((count = await stream.ReadAsync(collected.GetMemory(4096)).ConfigureAwait(false)) > 0)
            {
                collected.Advance(count);
                if (collected.WrittenCount > limit)
                    return null;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Ended from our side: what had been written is what there is.
        }
        return collected.WrittenMemory;
    }
}
