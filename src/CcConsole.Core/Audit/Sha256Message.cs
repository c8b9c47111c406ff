using System.Runtime.CompilerServices;

namespace CcConsole.Core.Audit;

/// <summary>A message of a batch: a byte before, so many bytes at an address that stays valid, a byte behind. The two need not lie there.</summary>
/// <param name="Start">Address of the bytes.</param>
/// <param name="Length">How many.</param>
/// <param name="Before">The byte before them; negative for none.</param>
/// <param name="Behind">The byte behind them; negative for none.</param>
internal readonly unsafe record struct Sha256Message(nint Start, int Length, short Before, short Behind)
{
    /// <summary>Room for the blocks that do not lie at the address: the first one, and at most two at the end.</summary>
    public const int RoomBytes = 3 * Sha256.BlockSize;

    /// <summary>Bytes of the first block that lie at the address, when a byte is before them.</summary>
    private const int InHead = Sha256.BlockSize - 1;

    /// <summary>Where the message's blocks lie.</summary>
    internal struct Blocks
    {
        /// <summary>One block in the room, before all others; 0 for none.</summary>
        public int Head;

        /// <summary>Whole blocks at the address.</summary>
        public byte* Body;

        /// <summary>How many.</summary>
        public int Whole;

        /// <summary>Blocks at the end: 1 or 2, in the room behind the place of the first one.</summary>
        public int Tail;
    }

    /// <summary>Writes into the room what is not at the address, the padding included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Blocks Lay(byte* room)
    {
        Blocks blocks = default;
        blocks.Body = (byte*)Start;
        var left = Length;
        var tail = room + Sha256.BlockSize;
        var held = 0;
        if (Before >= 0)
        {
            if (left >= InHead)
            {
                room[0] = (byte)Before;
                Unsafe.CopyBlockUnaligned(room + 1, blocks.Body, InHead);
                blocks.Head = 1;
                blocks.Body += InHead;
                left -= InHead;
            }
            else
            {
                tail[held++] = (byte)Before;
            }
        }
        blocks.Whole = left / Sha256.BlockSize;
        var rest = left % Sha256.BlockSize;
        Unsafe.CopyBlockUnaligned(tail + held, blocks.Body + (left - rest), (uint)rest);
        held += rest;
        if (Behind >= 0)
            tail[held++] = (byte)Behind;
        var total = (ulong)(Length + (Before >= 0 ? 1 : 0) + (Behind >= 0 ? 1 : 0));
        var padding = new Span<byte>(tail, 2 * Sha256.BlockSize);
        // A block that is just full leaves the padding one of its own.
        blocks.Tail = held < Sha256.BlockSize
            ? Sha256.Pad(padding, held, total) / Sha256.BlockSize
            : 1 + Sha256.Pad(padding[Sha256.BlockSize..], 0, total) / Sha256.BlockSize;
        return blocks;
    }
}
