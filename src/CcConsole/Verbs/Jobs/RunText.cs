using System.Text;

namespace CcConsole.Verbs.Jobs;

/// <summary>One stream of a run as text: characters that are split between two pieces are put together; bytes that are no text stay bytes.</summary>
internal sealed class RunText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private byte[] _held = [];

    /// <summary>The next piece as text, without a character that is not whole yet; null when it is no UTF-8.</summary>
    /// <param name="more">The bytes as they came.</param>
    /// <param name="bytes">All bytes of the piece.</param>
    public string? Next(ReadOnlySpan<byte> more, out byte[] bytes)
    {
        byte[] all = [.. _held, .. more];
        int whole = all.Length - Unfinished(all);
        (bytes, _held) = (all[..whole], all[whole..]);
        return Decode(bytes);
    }

    /// <summary>What is left at the end.</summary>
    public string? Rest(out byte[] bytes)
    {
        (bytes, _held) = (_held, []);
        return Decode(bytes);
    }

    private static string? Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The length of a character at the end that lacks bytes.</summary>
    private static int Unfinished(ReadOnlySpan<byte> bytes)
    {
        for (int length = 1; length <= Math.Min(3, bytes.Length); length++)
        {
            byte b = bytes[^length];
            int needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
            if (b is >= 0x80 and < 0xC0)
            {
                continue;
            }

            return needed > length ? length : 0;
        }

        return 0;
    }
}
