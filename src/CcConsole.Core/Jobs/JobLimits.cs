using System.Globalization;

namespace CcConsole.Core.Jobs;

/// <summary>The values of the flags that bound what a job may use.</summary>
public static class JobLimits
{
    /// <summary>The most times that a job is tried again.</summary>
    public const int MostRetries = 100;

    /// <summary>The fewest open files that are of use: the three standard streams and one.</summary>
    public const int FewestFiles = 4;

    // Below this not even a shell starts.
    private const long LeastMemory = 1 << 20;

    /// <summary>Reads a decimal number within bounds; null when it is none.</summary>
    public static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : null;

    /// <summary>Reads a file mode mask, one to four octal digits up to 777 (umask(2)); null when it is none.</summary>
    public static int? Mask(string text)
    {
        if (text.Length is 0 or > 4)
            return null;
        var mask = 0;
        foreach (var digit in text)
        {
            if (digit is < '0' or > '7')
                return null;
            mask = (mask * 8) + (digit - '0');
        }

        return mask <= 0x1FF ? mask : null;
    }

    /// <summary>Reads a size in bytes: a number, alone or with K, M, G or T for powers of 1024; from 1 MiB on. Null when it is none.</summary>
    public static long? Size(string text)
    {
        var shift = text is [.., var unit] ? char.ToUpperInvariant(unit) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 } : 0;
        var digits = shift > 0 ? text.AsSpan(0, text.Length - 1) : text;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue >> shift && number << shift >= LeastMemory
            ? number << shift : null;
    }
}
