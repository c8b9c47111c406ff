using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CcConsole.Core.Audit;

/// <summary>The compression function of SHA-256 for 8 messages side by side, one in each 32-bit lane (AVX2).</summary>
internal static unsafe class Sha256Lanes8
{
    public const int Lanes = 8;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Turns each of four words around.</summary>
    internal static Vector128<byte> ByteSwap => Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

    /// <param name="state">Word w of lane l at index w * 8 + l; updated.</param>
    /// <param name="blocks">8 pointers to 64 bytes each.</param>
    [SkipLocalsInit]
    public static void Compress(uint* state, byte** blocks)
    {
        var w = stackalloc Vector256<uint>[16];
        for (var quarter = 0; quarter < 4; quarter++)
            Load(blocks, quarter * 16, w + quarter * 4);

        var a = Vector256.Load(state);
        var b = Vector256.Load(state + 8);
        var c = Vector256.Load(state + 16);
        var d = Vector256.Load(state + 24);
        var e = Vector256.Load(state + 32);
        var f = Vector256.Load(state + 40);
        var g = Vector256.Load(state + 48);
        var h = Vector256.Load(state + 56);
        fixed (uint* constants = Sha256Block.RoundConstants)
        {
            for (var k = constants; ; k += 16)
            {
                for (var half = 0; half < 16; half += 8)
                {
                    var v = w + half;
                    Round(a, b, c, ref d, e, f, g, ref h, v[0] + Vector256.Create(k[half]));
                    Round(h, a, b, ref c, d, e, f, ref g, v[1] + Vector256.Create(k[half + 1]));
                    Round(g, h, a, ref b, c, d, e, ref f, v[2] + Vector256.Create(k[half + 2]));
                    Round(f, g, h, ref a, b, c, d, ref e, v[3] + Vector256.Create(k[half + 3]));
                    Round(e, f, g, ref h, a, b, c, ref d, v[4] + Vector256.Create(k[half + 4]));
                    Round(d, e, f, ref g, h, a, b, ref c, v[5] + Vector256.Create(k[half + 5]));
                    Round(c, d, e, ref f, g, h, a, ref b, v[6] + Vector256.Create(k[half + 6]));
                    Round(b, c, d, ref e, f, g, h, ref a, v[7] + Vector256.Create(k[half + 7]));
                }
                if (k == constants + 48)
                    break;
                for (var t = 0; t < 16; t++)
                    w[t] += Small0(w[(t + 1) & 15]) + w[(t + 9) & 15] + Small1(w[(t + 14) & 15]);
            }
        }

        (a + Vector256.Load(state)).Store(state);
        (b + Vector256.Load(state + 8)).Store(state + 8);
        (c + Vector256.Load(state + 16)).Store(state + 16);
        (d + Vector256.Load(state + 24)).Store(state + 24);
        (e + Vector256.Load(state + 32)).Store(state + 32);
        (f + Vector256.Load(state + 40)).Store(state + 40);
        (g + Vector256.Load(state + 48)).Store(state + 48);
        (h + Vector256.Load(state + 56)).Store(state + 56);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d,
        Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h, Vector256<uint> wk)
    {
        var t1 = h + wk + (g ^ (e & (f ^ g))) + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25));
        d += t1;
        h = t1 + ((a & b) | (c & (a | b))) + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Small0(Vector256<uint> w) => Rotate(w, 7) ^ Rotate(w, 18) ^ (w >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Small1(Vector256<uint> w) => Rotate(w, 17) ^ Rotate(w, 19) ^ (w >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> w, int count) => (w >>> count) | (w << (32 - count));

    /// <summary>Four words of every message: rows to columns, and from big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(byte** blocks, int offset, Vector256<uint>* w)
    {
        var swap = Vector256.Create(ByteSwap, ByteSwap);
        var r0 = Avx2.Shuffle(Row(blocks, 0, offset), swap).AsUInt32();
        var r1 = Avx2.Shuffle(Row(blocks, 1, offset), swap).AsUInt32();
        var r2 = Avx2.Shuffle(Row(blocks, 2, offset), swap).AsUInt32();
        var r3 = Avx2.Shuffle(Row(blocks, 3, offset), swap).AsUInt32();
        var low01 = Avx2.UnpackLow(r0, r1).AsUInt64();
        var low23 = Avx2.UnpackLow(r2, r3).AsUInt64();
        var high01 = Avx2.UnpackHigh(r0, r1).AsUInt64();
        var high23 = Avx2.UnpackHigh(r2, r3).AsUInt64();
        w[0] = Avx2.UnpackLow(low01, low23).AsUInt32();
        w[1] = Avx2.UnpackHigh(low01, low23).AsUInt32();
        w[2] = Avx2.UnpackLow(high01, high23).AsUInt32();
        w[3] = Avx2.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Row(byte** blocks, int first, int offset) =>
        Vector256.Create(Vector128.Load(blocks[first] + offset), Vector128.Load(blocks[first + 4] + offset));
}
