using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CcConsole.Core.Audit;

/// <summary>Lower-case hexadecimal digits to bytes, 16 digits at a time: a verification decodes one hash for each entry.</summary>
internal static class HexDigits
{
    /// <returns>False unless the text is exactly 64 digits of 0-9 and a-f.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> hex, out Hash32 hash)
    {
        hash = default;
        if (hex.Length != Hash32.HexLength)
            return false;
        ref var source = ref MemoryMarshal.GetReference(hex);
        var good = Vector128<byte>.AllBitsSet;
        var low = Vector128.Narrow(Decode(ref source, 0, ref good), Decode(ref source, 16, ref good));
        var high = Vector128.Narrow(Decode(ref source, 32, ref good), Decode(ref source, 48, ref good));
        if (good != Vector128<byte>.AllBitsSet)
            return false;
        hash = Unsafe.BitCast<Vector256<byte>, Hash32>(Vector256.Create(low, high));
        return true;
    }

    /// <summary>Sixteen digits to eight bytes, each in its own 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Decode(ref byte source, nuint offset, ref Vector128<byte> good)
    {
        var text = Vector128.LoadUnsafe(ref source, offset);
        var digit = text - Vector128.Create((byte)'0');
        var letter = text - Vector128.Create((byte)'a');
        var isDigit = Vector128.LessThan(digit, Vector128.Create((byte)10));
        var isLetter = Vector128.LessThan(letter, Vector128.Create((byte)6));
        good &= isDigit | isLetter;
        var nibbles = Vector128.ConditionalSelect(isDigit, digit, letter + Vector128.Create((byte)10)).AsUInt16();
        if (!BitConverter.IsLittleEndian)
            return ((nibbles >> 4) & Vector128.Create((ushort)0xF0)) | (nibbles & Vector128.Create((ushort)0x0F));
        return ((nibbles << 4) | (nibbles >> 8)) & Vector128.Create((ushort)0xFF);
    }
}
