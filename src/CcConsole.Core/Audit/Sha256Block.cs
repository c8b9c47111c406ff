using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ArmSha256 = System.Runtime.Intrinsics.Arm.Sha256;

namespace CcConsole.Core.Audit;

/// <summary>
/// The compression function of SHA-256 (FIPS 180-4, 6.2.2) over one message. Uses ARM's instructions where there are
/// any, and those of x86 where <see cref="Sha256Kernel"/> has them: the base class library offers none of these.
/// </summary>
internal static class Sha256Block
{
    private static readonly uint[] Initial =
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    public static ReadOnlySpan<uint> InitialState => Initial;

    public static ReadOnlySpan<uint> RoundConstants => Constants;

    /// <param name="state">The eight working words, updated.</param>
    /// <param name="blocks">Whole blocks of 64 bytes; may be none.</param>
    public static void Compress(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        if (ArmSha256.IsSupported)
            CompressArm(state, blocks);
        else if (Sha256Kernel.One != 0)
            CompressLinked(Sha256Kernel.One, state, blocks);
        else
            CompressPortable(state, blocks);
    }

    // The collector waits for what does not tell it: a few KiB at a time.
    internal static unsafe void CompressLinked(nint kernel, Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        const int most = 4096;
        fixed (uint* words = state)
        {
            for (; blocks.Length >= Sha256.BlockSize; blocks = blocks[Math.Min(most, blocks.Length)..])
            {
                fixed (byte* at = blocks)
                    Sha256Kernel.Compress(kernel, words, at, (nuint)(Math.Min(most, blocks.Length) / Sha256.BlockSize));
            }
        }
    }

    [SkipLocalsInit]
    internal static void CompressPortable(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<uint> schedule = stackalloc uint[64];
        ref var w = ref MemoryMarshal.GetReference(schedule);
        ref var k = ref MemoryMarshal.GetReference(RoundConstants);
        for (; blocks.Length >= Sha256.BlockSize; blocks = blocks[Sha256.BlockSize..])
        {
            for (var t = 0; t < 16; t++)
                Unsafe.Add(ref w, t) = BinaryPrimitives.ReadUInt32BigEndian(blocks[(t * 4)..]);
            for (var t = 16; t < 64; t++)
            {
                var w15 = Unsafe.Add(ref w, t - 15);
                var w2 = Unsafe.Add(ref w, t - 2);
                var s0 = BitOperations.RotateRight(w15, 7) ^ BitOperations.RotateRight(w15, 18) ^ (w15 >> 3);
                var s1 = BitOperations.RotateRight(w2, 17) ^ BitOperations.RotateRight(w2, 19) ^ (w2 >> 10);
                Unsafe.Add(ref w, t) = Unsafe.Add(ref w, t - 16) + s0 + Unsafe.Add(ref w, t - 7) + s1;
            }

            uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
            for (var t = 0; t < 64; t += 8)
            {
                Round(a, b, c, ref d, e, f, g, ref h, Unsafe.Add(ref w, t) + Unsafe.Add(ref k, t));
                Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref w, t + 1) + Unsafe.Add(ref k, t + 1));
                Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref w, t + 2) + Unsafe.Add(ref k, t + 2));
                Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref w, t + 3) + Unsafe.Add(ref k, t + 3));
                Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref w, t + 4) + Unsafe.Add(ref k, t + 4));
                Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref w, t + 5) + Unsafe.Add(ref k, t + 5));
                Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref w, t + 6) + Unsafe.Add(ref k, t + 6));
                Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref w, t + 7) + Unsafe.Add(ref k, t + 7));
            }
            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
            state[4] += e;
            state[5] += f;
            state[6] += g;
            state[7] += h;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint wk)
    {
        var t1 = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
            + (g ^ (e & (f ^ g))) + wk;
        d += t1;
        h = t1 + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
            + ((a & b) | (c & (a | b)));
    }

    private static void CompressArm(Span<uint> state, ReadOnlySpan<byte> blocks)
    {
        Span<Vector128<uint>> w = stackalloc Vector128<uint>[4];
        var abcd = Vector128.Create<uint>(state[..4]);
        var efgh = Vector128.Create<uint>(state[4..]);
        for (; blocks.Length >= Sha256.BlockSize; blocks = blocks[Sha256.BlockSize..])
        {
            var (abcdBefore, efghBefore) = (abcd, efgh);
            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < 4; j++)
                    w[i] = w[i].WithElement(j, BinaryPrimitives.ReadUInt32BigEndian(blocks[(i * 16 + j * 4)..]));
            }
            for (var t = 0; t < 64; t += 4)
            {
                var now = w[t / 4 % 4];
                var wk = now + Vector128.Create(RoundConstants.Slice(t, 4));
                var next = ArmSha256.HashUpdate1(abcd, efgh, wk);
                efgh = ArmSha256.HashUpdate2(efgh, abcd, wk);
                abcd = next;
                if (t < 48)
                {
                    var updated = ArmSha256.ScheduleUpdate0(now, w[(t / 4 + 1) % 4]);
                    w[t / 4 % 4] = ArmSha256.ScheduleUpdate1(updated, w[(t / 4 + 2) % 4], w[(t / 4 + 3) % 4]);
                }
            }
            abcd += abcdBefore;
            efgh += efghBefore;
        }
        abcd.CopyTo(state);
        efgh.CopyTo(state[4..]);
    }
}
