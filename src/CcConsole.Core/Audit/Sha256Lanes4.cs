using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CcConsole.Core.Audit;

/// <summary>The compression function of SHA-256 for 4 messages side by side, one in each 32-bit lane: what every x64
/// processor can.</summary>
internal static unsafe class Sha256Lanes4
{
    public const int Lanes = 4;

    public static bool IsSupported => Sse2.IsSupported;

    /// <param name="state">Word w of lane l at index w * 4 + l; updated.</param>
    /// <param name="blocks">4 pointers to 64 bytes each.</param>
    [SkipLocalsInit]
    public static void Compress(uint* state, byte** blocks)
    {
        var w = stackalloc Vector128<uint>[16];
        for (var quarter = 0; quarter < 4; quarter++)
            Load(blocks, quarter * 16, w + quarter * 4);

        var a = Vector128.Load(state);
        var b = Vector128.Load(state + 4);
        var c = Vector128.Load(state + 8);
        var d = Vector128.Load(state + 12);
        var e = Vector128.Load(state + 16);
        var f = Vector128.Load(state + 20);
        var g = Vector128.Load(state + 24);
        var h = Vector128.Load(state + 28);
        fixed (uint* constants = Sha256Block.RoundConstants)
        {
            for (var k = constants; ; k += 16)
            {
                for (var half = 0; half < 16; half += 8)
                {
                    var v = w + half;
                    Round(a, b, c, ref d, e, f, g, ref h, v[0] + Vector128.Create(k[half]));
                    Round(h, a, b, ref c, d, e, f, ref g, v[1] + Vector128.Create(k[half + 1]));
                    Round(g, h, a, ref b, c, d, e, ref f, v[2] + Vector128.Create(k[half + 2]));
                    Round(f, g, h, ref a, b, c, d, ref e, v[3] + Vector128.Create(k[half + 3]));
                    Round(e, f, g, ref h, a, b, c, ref d, v[4] + Vector128.Create(k[half + 4]));
                    Round(d, e, f, ref g, h, a, b, ref c, v[5] + Vector128.Create(k[half + 5]));
                    Round(c, d, e, ref f, g, h, a, ref b, v[6] + Vector128.Create(k[half + 6]));
                    Round(b, c, d, ref e, f, g, h, ref a, v[7] + Vector128.Create(k[half + 7]));
                }
                if (k == constants + 48)
                    break;
                for (var t = 0; t < 16; t++)
                    w[t] += Small0(w[(t + 1) & 15]) + w[(t + 9) & 15] + Small1(w[(t + 14) & 15]);
            }
        }

        (a + Vector128.Load(state)).Store(state);
        (b + Vector128.Load(state + 4)).Store(state + 4);
        (c + Vector128.Load(state + 8)).Store(state + 8);
        (d + Vector128.Load(state + 12)).Store(state + 12);
        (e + Vector128.Load(state + 16)).Store(state + 16);
        (f + Vector128.Load(state + 20)).Store(state + 20);
        (g + Vector128.Load(state + 24)).Store(state + 24);
        (h + Vector128.Load(state + 28)).Store(state + 28);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, ref Vector128<uint> d,
        Vector128<uint> e, Vector128<uint> f, Vector128<uint> g, ref Vector128<uint> h, Vector128<uint> wk)
    {
        var t1 = h + wk + (g ^ (e & (f ^ g))) + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25));
        d += t1;
        h = t1 + ((a & b) | (c & (a | b))) + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Small0(Vector128<uint> w) => Rotate(w, 7) ^ Rotate(w, 18) ^ (w >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Small1(Vector128<uint> w) => Rotate(w, 17) ^ Rotate(w, 19) ^ (w >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> w, int count) => (w >>> count) | (w << (32 - count));

    /// <summary>Four words of every message: rows to columns, and from big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(byte** blocks, int offset, Vector128<uint>* w)
    {
        var r0 = Row(blocks[0] + offset);
        var r1 = Row(blocks[1] + offset);
        var r2 = Row(blocks[2] + offset);
        var r3 = Row(blocks[3] + offset);
        var low01 = Sse2.UnpackLow(r0, r1).AsUInt64();
        var low23 = Sse2.UnpackLow(r2, r3).AsUInt64();
        var high01 = Sse2.UnpackHigh(r0, r1).AsUInt64();
        var high23 = Sse2.UnpackHigh(r2, r3).AsUInt64();
        w[0] = Sse2.UnpackLow(low01, low23).AsUInt32();
        w[1] = Sse2.UnpackHigh(low01, low23).AsUInt32();
        w[2] = Sse2.UnpackLow(high01, high23).AsUInt32();
        w[3] = Sse2.UnpackHigh(high01, high23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Row(byte* row)
    {
        var words = Vector128.Load((uint*)row);
        return (Rotate(words, 24) & Vector128.Create(0x00FF00FFu)) | (Rotate(words, 8) & Vector128.Create(0xFF00FF00u));
    }
}
