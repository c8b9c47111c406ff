using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CcConsole.Core.Audit;

/// <summary>The compression function of SHA-256 for 16 messages side by side, one in each 32-bit lane (AVX-512).</summary>
internal static unsafe class Sha256Lanes16
{
    public const int Lanes = 16;

    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    /// <param name="state">Word w of lane l at index w * 16 + l; updated.</param>
    /// <param name="blocks">16 pointers to 64 bytes each.</param>
    [SkipLocalsInit]
    public static void Compress(uint* state, byte** blocks)
    {
        var w = stackalloc Vector512<uint>[16];
        for (var quarter = 0; quarter < 4; quarter++)
            Load(blocks, quarter * 16, w + quarter * 4);

        var a = Vector512.Load(state);
        var b = Vector512.Load(state + 16);
        var c = Vector512.Load(state + 32);
        var d = Vector512.Load(state + 48);
        var e = Vector512.Load(state + 64);
        var f = Vector512.Load(state + 80);
        var g = Vector512.Load(state + 96);
        var h = Vector512.Load(state + 112);
        fixed (uint* constants = Sha256Block.RoundConstants)
        {
            for (var k = constants; ; k += 16)
            {
                for (var half = 0; half < 16; half += 8)
                {
                    var v = w + half;
                    Round(a, b, c, ref d, e, f, g, ref h, v[0] + Vector512.Create(k[half]));
                    Round(h, a, b, ref c, d, e, f, ref g, v[1] + Vector512.Create(k[half + 1]));
                    Round(g, h, a, ref b, c, d, e, ref f, v[2] + Vector512.Create(k[half + 2]));
                    Round(f, g, h, ref a, b, c, d, ref e, v[3] + Vector512.Create(k[half + 3]));
                    Round(e, f, g, ref h, a, b, c, ref d, v[4] + Vector512.Create(k[half + 4]));
                    Round(d, e, f, ref g, h, a, b, ref c, v[5] + Vector512.Create(k[half + 5]));
                    Round(c, d, e, ref f, g, h, a, ref b, v[6] + Vector512.Create(k[half + 6]));
                    Round(b, c, d, ref e, f, g, h, ref a, v[7] + Vector512.Create(k[half + 7]));
                }
                if (k == constants + 48)
                    break;
                for (var t = 0; t < 16; t++)
                    w[t] += Small0(w[(t + 1) & 15]) + w[(t + 9) & 15] + Small1(w[(t + 14) & 15]);
            }
        }

        (a + Vector512.Load(state)).Store(state);
        (b + Vector512.Load(state + 16)).Store(state + 16);
        (c + Vector512.Load(state + 32)).Store(state + 32);
        (d + Vector512.Load(state + 48)).Store(state + 48);
        (e + Vector512.Load(state + 64)).Store(state + 64);
        (f + Vector512.Load(state + 80)).Store(state + 80);
        (g + Vector512.Load(state + 96)).Store(state + 96);
        (h + Vector512.Load(state + 112)).Store(state + 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, ref Vector512<uint> d,
        Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, ref Vector512<uint> h, Vector512<uint> wk)
    {
        var early = h + wk;
        var choice = Avx512F.TernaryLogic(e, f, g, 0xCA);
        var majority = Avx512F.TernaryLogic(a, b, c, 0xE8);
        var t1 = early + choice + Xor(Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25));
        d += t1;
        h = t1 + (majority + Xor(Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Small0(Vector512<uint> w) => Xor(Avx512F.RotateRight(w, 7), Avx512F.RotateRight(w, 18), w >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Small1(Vector512<uint> w) => Xor(Avx512F.RotateRight(w, 17), Avx512F.RotateRight(w, 19), w >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Xor(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) => Avx512F.TernaryLogic(x, y, z, 0x96);

    /// <summary>Four words of every message: rows to columns, and from big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(byte** blocks, int offset, Vector512<uint>* w)
    {
        var swap = Vector512.Create(Vector256.Create(Sha256Lanes8.ByteSwap, Sha256Lanes8.ByteSwap), Vector256.Create(Sha256Lanes8.ByteSwap, Sha256Lanes8.ByteSwap));
        var r0 = Avx512BW.Shuffle(Row(blocks, 0, offset), swap).AsUInt32();
        var r1 = Avx512BW.Shuffle(Row(blocks, 1, offset), swap).AsUInt32();
        var r2 = Avx512BW.Shuffle(Row(blocks, 2, offset), swap).AsUInt32();
        var r3 = Avx512BW.Shuffle(Row(blocks, 3, offset), swap).AsUInt32();
        var low01 = Avx512F.UnpackLow(r0, r1).AsUInt64();
        var low23 = Avx512F.UnpackLow(r2, r3).AsUInt64();
        var high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        var high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        w[0] = Avx512F.UnpackLow(low01, low23).AsUInt32();
        w[1] = Avx512F.UnpackHigh(low01, low23).AsUInt32();
        w[2] = Avx512F.UnpackLow(high01, high23).AsUInt32();
        w[3] = Avx512F.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Row(byte** blocks, int first, int offset) => Vector512.Create(
        Vector256.Create(Vector128.Load(blocks[first] + offset), Vector128.Load(blocks[first + 4] + offset)),
        Vector256.Create(Vector128.Load(blocks[first + 8] + offset), Vector128.Load(blocks[first + 12] + offset)));
}
