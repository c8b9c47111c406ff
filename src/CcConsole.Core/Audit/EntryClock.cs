using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace CcConsole.Core.Audit;

/// <summary>An entry's two clocks in microseconds, read from the spelling that our writer gives them.</summary>
/// <param name="Wall">Since 1970, UTC; negative where the entry has none.</param>
/// <param name="Mono">Of the monotonic clock, which starts anew at each boot; negative where the entry has none.</param>
internal readonly record struct EntryClock(long Wall, long Mono)
{
    private const int MaxDigits = 15;

    /// <summary>Eight times the digit 0.</summary>
    private const ulong Zeros = 0x3030303030303030;

    public bool IsKnown => Wall >= 0 && Mono >= 0;

    public static EntryClock Of(ReadOnlySpan<byte> line, in EntryLine found) => new(
        Seconds(line.Slice(found.Time, found.TimeLength)), Whole(line.Slice(found.Mono, found.MonoLength)));

    /// <summary>A whole number of at most 15 digits, else -1.</summary>
    private static long Whole(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > MaxDigits)
            return -1;
        if (text.Length >= 8)
        {
            // The first digits with zeros before them, and the last eight.
            var high = text.Length == 8
                ? Zeros
                : (BinaryPrimitives.ReadUInt64LittleEndian(text) << (8 * (16 - text.Length))) | (Zeros >> (8 * (text.Length - 8)));
            var (first, last) = (Eight(high), Eight(BinaryPrimitives.ReadUInt64LittleEndian(text[^8..])));
            return (first | last) < 0 ? -1 : first * 100_000_000 + last;
        }
        long value = 0;
        foreach (var digit in text)
        {
            if ((uint)(digit - '0') > 9)
                return -1;
            value = value * 10 + (digit - '0');
        }
        return value;
    }

    /// <summary>Eight digits, the first in the lowest byte; -1 when one is none. Pairs, then fours, then all are joined by one multiplication each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Eight(ulong text)
    {
        if (((text & 0xf0f0f0f0f0f0f0f0) | (((text + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) != 0x3333333333333333)
            return -1;
        text = (text & 0x0f0f0f0f0f0f0f0f) * 2561 >> 8;
        text = (text & 0x00ff00ff00ff00ff) * 6553601 >> 16;
        return (long)((text & 0x0000ffff0000ffff) * 42949672960001 >> 32);
    }

    /// <summary>Seconds with at most six decimals as microseconds, else -1.</summary>
    private static long Seconds(ReadOnlySpan<byte> text)
    {
        if (text.Length == 17 && text[10] == '.')
        {
            // Nearly always so: ten digits and six.
            var fraction = Eight((BinaryPrimitives.ReadUInt64LittleEndian(text[9..]) & ~0xffffUL) | (Zeros & 0xffff));
            var whole = Whole(text[..10]);
            return (fraction | whole) < 0 ? -1 : whole * 1_000_000 + fraction;
        }
        var point = text.Length > 10 && text[10] == '.' ? 10 : text.IndexOf((byte)'.');
        if (point < 0)
            return Whole(text) is var alone and >= 0 and <= 1L << 33 ? alone * 1_000_000 : -1;
        var decimals = text[(point + 1)..];
        if (point > 10 || decimals.Length is 0 or > 6)
            return -1;
        var (seconds, micros) = (Whole(text[..point]), Whole(decimals));
        if (seconds < 0 || micros < 0)
            return -1;
        for (var i = decimals.Length; i < 6; i++)
            micros *= 10;
        return seconds * 1_000_000 + micros;
    }
}
