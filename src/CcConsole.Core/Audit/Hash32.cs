using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// A SHA-256 value: 32 bytes, written as 64 lower-case hexadecimal digits. The default value is 32 zero bytes,
/// which is what the first entry of a chain names as its predecessor.
/// </summary>
public readonly struct Hash32 : IEquatable<Hash32>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Length of the text form, in characters.</summary>
    public const int HexLength = 64;

    private readonly ulong _0, _1, _2, _3;

    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Hash32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException("a SHA-256 value has 32 bytes", nameof(bytes));
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_0, _1, _2, _3) = (words[0], words[1], words[2], words[3]);
    }

    internal Hash32(ReadOnlySpan<uint> bigEndianWords)
    {
        var words = bigEndianWords[..8];
        (_0, _1, _2, _3) = (Pair(words[0], words[1]), Pair(words[2], words[3]), Pair(words[4], words[5]), Pair(words[6], words[7]));
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Copies the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>Writes the 64 hexadecimal digits as ASCII.</summary>
    /// <param name="destination">At least 64 bytes.</param>
    public void WriteHex(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        destination = destination[..HexLength];
        for (var i = 0; i < Size; i++)
        {
            destination[i * 2] = Digit(bytes[i] >> 4);
            destination[i * 2 + 1] = Digit(bytes[i] & 15);
        }
    }

    /// <summary>Reads 64 lower-case hexadecimal digits; upper case is refused, since entries are compared as text elsewhere.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out Hash32 hash) => HexDigits.TryDecode(hex, out hash);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out Hash32)"/>
    public static bool TryParse(ReadOnlySpan<char> hex, out Hash32 hash)
    {
        Span<byte> ascii = stackalloc byte[HexLength];
        hash = default;
        return hex.Length == HexLength
            && System.Text.Ascii.FromUtf16(hex, ascii, out _) == System.Buffers.OperationStatus.Done
            && TryParse(ascii, out hash);
    }

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="FormatException">Something else.</exception>
    public static Hash32 Parse(ReadOnlySpan<char> hex) =>
        TryParse(hex, out var hash) ? hash : throw new FormatException("not a SHA-256 value of 64 lower-case hexadecimal digits");

    /// <inheritdoc/>
    public bool Equals(Hash32 other) => ((_0 ^ other._0) | (_1 ^ other._1) | (_2 ^ other._2) | (_3 ^ other._3)) == 0;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Hash32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_0, _1, _2, _3);

    /// <summary>Whether both are the same 32 bytes.</summary>
    public static bool operator ==(Hash32 left, Hash32 right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Hash32 left, Hash32 right) => !left.Equals(right);

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(HexLength, this, static (span, hash) => hash.TryFormat(span, out _));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = 0;
        if (destination.Length < HexLength)
            return false;
        Span<byte> ascii = stackalloc byte[HexLength];
        WriteHex(ascii);
        for (var i = 0; i < HexLength; i++)
            destination[i] = (char)ascii[i];
        charsWritten = HexLength;
        return true;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        bytesWritten = 0;
        if (utf8Destination.Length < HexLength)
            return false;
        WriteHex(utf8Destination);
        bytesWritten = HexLength;
        return true;
    }

    /// <summary>Two words as they lie in memory, the first of their eight bytes the highest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(uint first, uint second)
    {
        var pair = (ulong)first << 32 | second;
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(pair) : pair;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Digit(int nibble) => (byte)(nibble + (nibble < 10 ? '0' : 'a' - 10));
}
