using System.Runtime.CompilerServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// Hashes many independent messages side by side, as many as there are lanes for: 16 with AVX-512, 8 with AVX2, 4 on
/// any other x64; elsewhere one after the other, which ARM's instructions make fast, and x86's faster than 8 lanes. Compiled ahead of time,
/// the widest are those of <see cref="Sha256Kernel"/>. A lane that has finished its message takes the
/// next one at once, so messages of different lengths cost no idle lanes but at the very end.
/// </summary>
internal static unsafe class Sha256Batch
{
    private const int MaxLanes = Sha256Lanes16.Lanes;
    private const int MostBlocks = 64;

    /// <summary>How many messages the processor hashes side by side.</summary>
    public static int Lanes => Sha256Kernel.Lanes16 != 0 || Sha256Lanes16.IsSupported ? Sha256Lanes16.Lanes
        : Sha256Kernel.One != 0 ? 1
        : Sha256Lanes8.IsSupported ? Sha256Lanes8.Lanes
        : Sha256Lanes4.IsSupported ? Sha256Lanes4.Lanes : 1;

    /// <summary>Hashes each message into the place of the same index.</summary>
    public static void Hash(ReadOnlySpan<Sha256Message> messages, Span<Hash32> hashes) => Hash(messages, hashes, Lanes, Sha256Kernel.Lanes16);

    /// <param name="messages">The messages.</param>
    /// <param name="hashes">As many.</param>
    /// <param name="lanes">16, 8, 4 or 1: what the processor has, or fewer.</param>
    /// <param name="kernel">The linked function for 16 lanes; 0 for the managed one.</param>
    [SkipLocalsInit]
    internal static void Hash(ReadOnlySpan<Sha256Message> messages, Span<Hash32> hashes, int lanes, nint kernel = 0)
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
        var rooms = stackalloc byte[MaxLanes * Sha256Message.RoomBytes];
        var progress = stackalloc Lane[MaxLanes];
        var (next, busy) = (0, 0);
        for (var lane = 0; lane < lanes; lane++)
        {
            if (next < messages.Length)
            {
                blocks[lane] = Begin(messages[next], state + lane, lanes, rooms + lane * Sha256Message.RoomBytes, out progress[lane]);
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
            // As far as no lane is to be looked at. The collector waits meanwhile: some KiB of each at most.
            var count = MostBlocks;
            for (var lane = 0; lane < lanes; lane++)
                count = Math.Min(count, progress[lane].Blocks);
            Compress(lanes, kernel, state, blocks, count);

            for (var lane = 0; lane < lanes; lane++)
            {
                progress[lane].Blocks -= count;
                if (progress[lane].Blocks > 0)
                    continue;
                if (progress[lane].Body > 0)
                {
                    blocks[lane] = progress[lane].Start;
                    progress[lane].Blocks = progress[lane].Body;
                    progress[lane].Body = 0;
                    continue;
                }
                if (progress[lane].Tail > 0)
                {
                    blocks[lane] = rooms + lane * Sha256Message.RoomBytes + Sha256.BlockSize;
                    progress[lane].Blocks = progress[lane].Tail;
                    progress[lane].Tail = 0;
                    continue;
                }
                if (progress[lane].Message >= 0)
                {
                    hashes[progress[lane].Message] = Digest(state + lane, lanes);
                    busy--;
                    if (next < messages.Length)
                    {
                        blocks[lane] = Begin(messages[next], state + lane, lanes, rooms + lane * Sha256Message.RoomBytes, out progress[lane]);
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
            blocks[lane] = rooms;
            progress[lane] = new Lane { Message = -1, Blocks = 1 };
        }
    }

    /// <summary>So many blocks of every lane; leaves the pointers behind them.</summary>
    private static void Compress(int lanes, nint kernel, uint* state, byte** blocks, int count)
    {
        if (lanes == Sha256Lanes16.Lanes && kernel != 0)
        {
            Sha256Kernel.Compress(kernel, state, blocks, (nuint)count);
            return;
        }
        for (; count > 0; count--)
        {
            if (lanes == Sha256Lanes16.Lanes)
                Sha256Lanes16.Compress(state, blocks);
            else if (lanes == Sha256Lanes8.Lanes)
                Sha256Lanes8.Compress(state, blocks);
            else
                Sha256Lanes4.Compress(state, blocks);
            for (var lane = 0; lane < lanes; lane++)
                blocks[lane] += Sha256.BlockSize;
        }
    }

    /// <summary>What is left to do in a lane: of what goes on, then of the message's own bytes, then of its end.</summary>
    private struct Lane
    {
        public int Message;
        public int Blocks;
        public byte* Start;
        public int Body;
        public int Tail;
    }

    /// <summary>Sets a lane to a message's start.</summary>
    /// <returns>Where its first block lies.</returns>
    private static byte* Begin(in Sha256Message message, uint* state, int lanes, byte* room, out Lane lane)
    {
        for (var word = 0; word < 8; word++)
            state[word * lanes] = Sha256Block.InitialState[word];
        var blocks = message.Lay(room);
        lane = default;
        if (blocks.Head > 0)
        {
            lane = new Lane { Blocks = 1, Start = blocks.Body, Body = blocks.Whole, Tail = blocks.Tail };
            return room;
        }
        if (blocks.Whole > 0)
        {
            lane = new Lane { Blocks = blocks.Whole, Tail = blocks.Tail };
            return blocks.Body;
        }
        lane = new Lane { Blocks = blocks.Tail };
        return room + Sha256.BlockSize;
    }

    [SkipLocalsInit]
    private static Hash32 Digest(uint* state, int lanes)
    {
        Span<uint> words = stackalloc uint[8];
        for (var word = 0; word < 8; word++)
            words[word] = state[word * lanes];
        return new Hash32(words);
    }

    [SkipLocalsInit]
    private static Hash32 One(in Sha256Message message)
    {
        Span<uint> state = stackalloc uint[8];
        Sha256Block.InitialState.CopyTo(state);
        var room = stackalloc byte[Sha256Message.RoomBytes];
        var blocks = message.Lay(room);
        Sha256Block.Compress(state, new ReadOnlySpan<byte>(room, blocks.Head * Sha256.BlockSize));
        Sha256Block.Compress(state, new ReadOnlySpan<byte>(blocks.Body, blocks.Whole * Sha256.BlockSize));
        Sha256Block.Compress(state, new ReadOnlySpan<byte>(room + Sha256.BlockSize, blocks.Tail * Sha256.BlockSize));
        return new Hash32(state);
    }
}
