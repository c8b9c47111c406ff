using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// SHA-256 (FIPS 180-4), managed. The base class library's version loads libssl at run time, which is not part of the
/// binary and costs milliseconds in a wrapper that runs before every job; and a chain is hundreds of thousands of
/// independent short messages, which a batch hashes side by side.
/// Not for secrets: nothing here is keyed. An instance is not safe for use by several threads at once.
/// </summary>
public sealed class Sha256
{
    internal const int BlockSize = 64;

    private readonly uint[] _state = new uint[8];
    private readonly byte[] _pending = new byte[BlockSize];
    private ulong _length;

    /// <summary>Starts with an empty message.</summary>
    public Sha256() => Sha256Block.InitialState.CopyTo(_state);

    /// <summary>The hash of one message. Allocates nothing.</summary>
    [SkipLocalsInit]
    public static Hash32 Hash(ReadOnlySpan<byte> message)
    {
        Span<uint> state = stackalloc uint[8];
        Sha256Block.InitialState.CopyTo(state);
        var whole = message.Length & ~(BlockSize - 1);
        Sha256Block.Compress(state, message[..whole]);

        Span<byte> tail = stackalloc byte[2 * BlockSize];
        var rest = message[whole..];
        rest.CopyTo(tail);
        Sha256Block.Compress(state, tail[..Pad(tail, rest.Length, (ulong)message.Length)]);
        return new Hash32(state);
    }

    /// <summary>The hash of a byte and a message behind it, as a Merkle tree's leaf has it. Allocates nothing.</summary>
    [SkipLocalsInit]
    internal static Hash32 Hash(byte prefix, ReadOnlySpan<byte> message)
    {
        Span<uint> state = stackalloc uint[8];
        Span<byte> block = stackalloc byte[2 * BlockSize];
        Sha256Block.InitialState.CopyTo(state);
        var length = (ulong)message.Length + 1;
        block[0] = prefix;
        var first = Math.Min(BlockSize - 1, message.Length);
        message[..first].CopyTo(block[1..]);
        var rest = message[first..];
        var held = first + 1;
        if (held == BlockSize)
        {
            Sha256Block.Compress(state, block[..BlockSize]);
            var whole = rest.Length & ~(BlockSize - 1);
            Sha256Block.Compress(state, rest[..whole]);
            rest[whole..].CopyTo(block);
            held = rest.Length - whole;
        }
        Sha256Block.Compress(state, block[..Pad(block, held, length)]);
        return new Hash32(state);
    }

    /// <summary>Adds bytes to the message.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var held = (int)(_length % BlockSize);
        _length += (ulong)bytes.Length;
        if (held > 0)
        {
            var take = Math.Min(BlockSize - held, bytes.Length);
            bytes[..take].CopyTo(_pending.AsSpan(held));
            bytes = bytes[take..];
            if (held + take < BlockSize)
                return;
            Sha256Block.Compress(_state, _pending);
        }
        var whole = bytes.Length & ~(BlockSize - 1);
        Sha256Block.Compress(_state, bytes[..whole]);
        bytes[whole..].CopyTo(_pending);
    }

    /// <summary>The hash of all that was appended; the instance then starts again with an empty message.</summary>
    [SkipLocalsInit]
    public Hash32 Finish()
    {
        Span<byte> tail = stackalloc byte[2 * BlockSize];
        var held = (int)(_length % BlockSize);
        _pending.AsSpan(0, held).CopyTo(tail);
        Sha256Block.Compress(_state, tail[..Pad(tail, held, _length)]);
        var hash = new Hash32(_state);
        Sha256Block.InitialState.CopyTo(_state);
        _length = 0;
        return hash;
    }

    /// <summary>
    /// Appends the padding of FIPS 180-4, 5.1.1 (a one bit, zeros, the length in bits) to the message's last bytes.
    /// </summary>
    /// <param name="tail">Room for two blocks; starts with the bytes after the message's last whole block.</param>
    /// <param name="held">How many they are: 0 to 63.</param>
    /// <param name="length">The whole message's length in bytes.</param>
    /// <returns>64 or 128: how much of <paramref name="tail"/> is to be hashed.</returns>
    internal static int Pad(Span<byte> tail, int held, ulong length)
    {
        var padded = held < BlockSize - 8 ? BlockSize : 2 * BlockSize;
        tail[held] = 0x80;
        tail[(held + 1)..(padded - 8)].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(tail[(padded - 8)..], length * 8);
        return padded;
    }
}
