using System.Globalization;

namespace CcConsole.Core.Audit;

/// <summary>Whether a float is spelled as Python's <c>repr</c> spells it: the shortest digits that read back the same.</summary>
/// <remarks>
/// The base class library's digits are the same, but for 2^-25 and 2^-958, where it gives one too few: those spellings
/// are refused, though Python writes them. Nothing is accepted that Python does not write.
/// </remarks>
internal static class PythonFloat
{
    private const int LongestSpelling = 24;

    public static bool IsCanonical(ReadOnlySpan<byte> text) => IsMicroseconds(text) || IsRepr(text);

    /// <summary>
    /// Seconds since 1970 with one to six decimals and none too many, which is every timestamp; see
    /// <see cref="EntryText.WriteSeconds"/> for why that suffices under 2^33 s. A value under 1 takes the other way.
    /// </summary>
    private static bool IsMicroseconds(ReadOnlySpan<byte> text)
    {
        var point = text.IndexOf((byte)'.');
        var decimals = text.Length - point - 1;
        if (point is < 1 or > 10 || decimals is < 1 or > 6 || text[0] is < (byte)'1' or > (byte)'9')
            return false;
        if (decimals > 1 && text[^1] == '0')
            return false;
        var seconds = 0L;
        foreach (var digit in text[..point])
        {
            if ((uint)(digit - '0') > 9)
                return false;
            seconds = seconds * 10 + (digit - '0');
        }
        foreach (var digit in text[(point + 1)..])
        {
            if ((uint)(digit - '0') > 9)
                return false;
        }
        return seconds < 1L << 33;
    }

    private static bool IsRepr(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestSpelling
            || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
            return false;
        Span<byte> spelled = stackalloc byte[32];
        return text.SequenceEqual(spelled[..Spell(value, spelled)]);
    }

    /// <summary>Writes a finite value as Python does: plain from 0.0001 up to 10^16, else with an exponent of at least two digits.</summary>
    internal static int Spell(double value, Span<byte> destination)
    {
        // E16 would give 17 digits; the default gives the shortest ones, in .NET's own layout.
        Span<byte> shortest = stackalloc byte[512];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[512];
        var (count, point, exponent) = Digits(shortest[..length], digits);
        var whole = point + exponent;

        var at = 0;
        if (double.IsNegative(value))
            destination[at++] = (byte)'-';
        if (count == 0)
        {
            "0.0"u8.CopyTo(destination[at..]);
            return at + 3;
        }
        if (whole is > -4 and <= 16)
            return Plain(digits[..count], whole, destination, at);

        destination[at++] = digits[0];
        if (count > 1)
        {
            destination[at++] = (byte)'.';
            digits[1..count].CopyTo(destination[at..]);
            at += count - 1;
        }
        destination[at++] = (byte)'e';
        (whole - 1).TryFormat(destination[at..], out var written, "+00;-00", CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Plain(ReadOnlySpan<byte> digits, int whole, Span<byte> destination, int at)
    {
        if (whole <= 0)
        {
            destination[at++] = (byte)'0';
            destination[at++] = (byte)'.';
            destination.Slice(at, -whole).Fill((byte)'0');
            at -= whole;
            digits.CopyTo(destination[at..]);
            return at + digits.Length;
        }
        for (var i = 0; i < Math.Max(whole + 1, digits.Length); i++)
        {
            if (i == whole)
                destination[at++] = (byte)'.';
            destination[at++] = i < digits.Length ? digits[i] : (byte)'0';
        }
        return at;
    }

    /// <summary>The significant digits, how many come before the point, and the exponent.</summary>
    private static (int Count, int Point, int Exponent) Digits(ReadOnlySpan<byte> spelled, Span<byte> digits)
    {
        var (count, point, exponent, fraction) = (0, 0, 0, false);
        for (var i = 0; i < spelled.Length; i++)
        {
            if (spelled[i] == '.')
            {
                fraction = true;
            }
            else if (spelled[i] == 'E')
            {
                exponent = int.Parse(spelled[(i + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            else if (spelled[i] != '-')
            {
                if (count > 0 || spelled[i] != '0')
                {
                    digits[count++] = spelled[i];
                    point += fraction ? 0 : 1;
                }
                else if (fraction)
                {
                    point--;
                }
            }
        }
        while (count > 0 && digits[count - 1] == '0')
            count--;
        return (count, point, exponent);
    }
}
