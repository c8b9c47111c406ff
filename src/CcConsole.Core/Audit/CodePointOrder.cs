using System.Globalization;
using System.Runtime.CompilerServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// Orders member names, as they stand between the quotes in an entry's spelling, by code point, as Python does. That
/// differs from the order of the bytes only where an escape is involved.
/// </summary>
internal static class CodePointOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var common = Math.Min(left.Length, right.Length);
        var escaped = false;
        for (var i = 0; i < common; i++)
        {
            escaped |= left[i] == '\\' || right[i] == '\\';
            if (left[i] != right[i])
                return escaped ? CompareDecoded(left, right) : left[i] - right[i];
        }
        return left.Length - right.Length;
    }

    private static int CompareDecoded(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            var difference = Next(ref left) - Next(ref right);
            if (difference != 0)
                return difference;
        }
        return left.Length - right.Length;
    }

    private static int Next(ref ReadOnlySpan<byte> name)
    {
        var unit = NextUnit(ref name);
        if (!char.IsHighSurrogate(unit) || name.IsEmpty)
            return unit;
        var rest = name;
        var low = NextUnit(ref rest);
        if (!char.IsLowSurrogate(low))
            return unit;
        name = rest;
        return char.ConvertToUtf32(unit, low);
    }

    private static char NextUnit(ref ReadOnlySpan<byte> name)
    {
        if (name[0] != '\\')
        {
            var plain = (char)name[0];
            name = name[1..];
            return plain;
        }
        if (name[1] == 'u')
        {
            var unit = (char)ushort.Parse(name.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            name = name[6..];
            return unit;
        }
        var escaped = name[1] switch { (byte)'b' => '\b', (byte)'f' => '\f', (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', var other => (char)other };
        name = name[2..];
        return escaped;
    }
}
