namespace CcConsole.Core.Audit;

/// <summary>An entry's two clocks in microseconds, read from the spelling that our writer gives them.</summary>
/// <param name="Wall">Since 1970, UTC; negative where the entry has none.</param>
/// <param name="Mono">Of the monotonic clock, which starts anew at each boot; negative where the entry has none.</param>
internal readonly record struct EntryClock(long Wall, long Mono)
{
    private const int MaxDigits = 15;

    public bool IsKnown => Wall >= 0 && Mono >= 0;

    public static EntryClock Of(ReadOnlySpan<byte> line, in EntryLine found) => new(
        Seconds(line.Slice(found.Time, found.TimeLength)), Whole(line.Slice(found.Mono, found.MonoLength)));

    /// <summary>A whole number of at most 15 digits, else -1.</summary>
    private static long Whole(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > MaxDigits)
            return -1;
        long value = 0;
        foreach (var digit in text)
        {
            if ((uint)(digit - '0') > 9)
                return -1;
            value = value * 10 + (digit - '0');
        }
        return value;
    }

    /// <summary>Seconds with at most six decimals as microseconds, else -1.</summary>
    private static long Seconds(ReadOnlySpan<byte> text)
    {
        var point = text.Length > 10 && text[10] == '.' ? 10 : text.IndexOf((byte)'.');
        if (point < 0)
            return Whole(text) is var whole and >= 0 and <= 1L << 33 ? whole * 1_000_000 : -1;
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
