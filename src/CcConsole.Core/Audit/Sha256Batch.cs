using System.Runtime.CompilerServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// Hashes many independent messages side by side, as many as there are lanes for: 16 with AVX-512, 8 with AVX2, 4 on
/// any other x64; elsewhere one after the other, which ARM's instructions make fast. Compiled ahead of time for any x64, the
/// wider ones are not asked for (the compiler settles that at build time, IlcInstructionSet). A lane that has finished its message takes the
/// next one at once, so messages of different lengths cost no idle lanes but at the very end.
/// </summary>
internal static unsafe class Sha256Batch
{
    private const int MaxLanes = Sha256Lanes16.Lanes;
    private const int TailSize = 2 * Sha256.BlockSize;

    /// <summary>A message of a batch: so many bytes from an address that stays valid, then one more byte.</summary>
    /// <param name="Start">Address of the first byte.</param>
    /// <param name="Length">Bytes there.</param>
    /// <param name="Last">The message's last byte, which need not lie behind the others.</param>
    public readonly record struct Message(nint Start, int Length, byte Last);

    /// <summary>How many messages the processor hashes side by side.</summary>
    public static int Lanes => Sha256Lanes16.IsSupported ? Sha256Lanes16.Lanes : Sha256Lanes8.IsSupported ? Sha256Lanes8.Lanes : Sha256Lanes4.IsSupported ? Sha256Lanes4.Lanes : 1;

    /// <summary>Hashes each message into the place of the same index.</summary>
    public static void Hash(ReadOnlySpan<Message> messages, Span<Hash32> hashes) => Hash(messages, hashes, Lanes);

    /// <param name="messages">The messages.</param>
    /// <param name="hashes">As many.</param>
    /// <param name="lanes">16, 8, 4 or 1: what the processor has, or fewer.</param>
    [SkipLocalsInit]
    internal static void Hash(ReadOnlySpan<Message> messages, Span<Hash32> hashes, int lanes)
    {
        if (hashes.Length < messages.Length)
            throw new ArgumentException("too few places for the hashes", nameof(hashes));
        if (lanes == 1)
        {
            for (var i = 0; i < messages.Length; i++)
                hashes[i] = One(messages[i]);
            return;
        }

        var state = stackalloc uint[8 * MaxLanes];
        var blocks = stackalloc byte*[MaxLanes];
        var tails = stackalloc byte[MaxLanes * TailSize];
        var progress = stackalloc Lane[MaxLanes];
        var (next, busy) = (0, 0);
        for (var lane = 0; lane < lanes; lane++)
        {
            if (next < messages.Length)
            {
                blocks[lane] = Begin(messages[next], state + lane, lanes, tails + lane * TailSize, out progress[lane]);
                progress[lane].Message = next++;
                busy++;
            }
            else
            {
                Idle(lane);
            }
        }

        while (busy > 0)
        {
            if (lanes == Sha256Lanes16.Lanes)
                Sha256Lanes16.Compress(state, blocks);
            else if (lanes == Sha256Lanes8.Lanes)
                Sha256Lanes8.Compress(state, blocks);
            else
                Sha256Lanes4.Compress(state, blocks);

            for (var lane = 0; lane < lanes; lane++)
            {
                blocks[lane] += Sha256.BlockSize;
                if (--progress[lane].Blocks > 0)
                    continue;
                if (progress[lane].TailBlocks > 0)
                {
                    blocks[lane] = tails + lane * TailSize;
                    progress[lane].Blocks = progress[lane].TailBlocks;
                    progress[lane].TailBlocks = 0;
                    continue;
                }
                if (progress[lane].Message >= 0)
                {
                    hashes[progress[lane].Message] = Digest(state + lane, lanes);
                    busy--;
                    if (next < messages.Length)
                    {
                        blocks[lane] = Begin(messages[next], state + lane, lanes, tails + lane * TailSize, out progress[lane]);
                        progress[lane].Message = next++;
                        busy++;
                        continue;
                    }
                }
                Idle(lane);
            }
        }

        // Hashes a block of whatever until the others are done.
        void Idle(int lane)
        {
            blocks[lane] = tails;
            progress[lane] = new Lane { Message = -1, Blocks = 1 };
        }
    }

    /// <summary>What is left to do in a lane.</summary>
    private struct Lane
    {
        public int Message;
        public int Blocks;
        public int TailBlocks;
    }

    /// <summary>Sets a lane to a message's start and builds its tail.</summary>
    /// <returns>Where its first block lies.</returns>
    private static byte* Begin(in Message message, uint* state, int lanes, byte* tail, out Lane lane)
    {
        for (var word = 0; word < 8; word++)
            state[word * lanes] = Sha256Block.InitialState[word];
        var whole = message.Length & ~(Sha256.BlockSize - 1);
        var tailBlocks = Tail(message, whole, new Span<byte>(tail, TailSize)) / Sha256.BlockSize;
        lane = whole > 0
            ? new Lane { Blocks = whole / Sha256.BlockSize, TailBlocks = tailBlocks }
            : new Lane { Blocks = tailBlocks };
        return whole > 0 ? (byte*)message.Start : tail;
    }

    private static Hash32 Digest(uint* state, int lanes)
    {
        Span<uint> words = stackalloc uint[8];
        for (var word = 0; word < 8; word++)
            words[word] = state[word * lanes];
        return new Hash32(words);
    }

    /// <summary>The message's bytes after its last whole block, its last byte and the padding.</summary>
    private static int Tail(in Message message, int whole, Span<byte> tail)
    {
        var rest = message.Length - whole;
        new ReadOnlySpan<byte>((byte*)message.Start + whole, rest).CopyTo(tail);
        tail[rest] = message.Last;
        var total = message.Length + 1;
        return rest + 1 < Sha256.BlockSize
            ? Sha256.Pad(tail, rest + 1, (ulong)total)
            : PadSecond(tail, (ulong)total);
    }

    /// <summary>The last byte has filled the block: the padding takes one of its own.</summary>
    private static int PadSecond(Span<byte> tail, ulong length)
    {
        Sha256.Pad(tail[Sha256.BlockSize..], 0, length);
        return 2 * Sha256.BlockSize;
    }

    [SkipLocalsInit]
    private static Hash32 One(in Message message)
    {
        Span<uint> state = stackalloc uint[8];
        Sha256Block.InitialState.CopyTo(state);
        var whole = message.Length & ~(Sha256.BlockSize - 1);
        Sha256Block.Compress(state, new ReadOnlySpan<byte>((byte*)message.Start, whole));
        Span<byte> tail = stackalloc byte[2 * Sha256.BlockSize];
        Sha256Block.Compress(state, tail[..Tail(message, whole, tail)]);
        return new Hash32(state);
    }
}
