using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// Compression functions that are compiled by the C compiler (Native/sha256_x86.c) and linked into the published executables: what the
/// runtime compiles ahead of time is for any x64, and cannot choose other instructions at run time.
/// </summary>
internal static unsafe partial class Sha256Kernel
{
    private const string Library = "cc_sha256";

    /// <summary>For 16 messages side by side; 0 where it is not linked in, or the processor has no AVX-512.</summary>
    public static nint Lanes16 { get; } = Find(FindLanes16);

    /// <summary>For one message; 0 where it is not linked in, or the processor has no SHA extensions.</summary>
    public static nint One { get; } = Find(FindOne);

    /// <param name="function">The address.</param>
    /// <param name="state">Word w of lane l at index w * 16 + l; updated.</param>
    /// <param name="blocks">16 pointers to whole blocks of 64 bytes; moved behind them.</param>
    /// <param name="count">How many blocks each.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compress(nint function, uint* state, byte** blocks, nuint count) =>
        ((delegate* unmanaged[SuppressGCTransition]<uint*, byte**, nuint, void>)function)(state, blocks, count);

    /// <param name="function">The address.</param>
    /// <param name="state">The eight words; updated.</param>
    /// <param name="blocks">Whole blocks of 64 bytes.</param>
    /// <param name="count">How many blocks.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compress(nint function, uint* state, byte* blocks, nuint count) =>
        ((delegate* unmanaged[SuppressGCTransition]<uint*, byte*, nuint, void>)function)(state, blocks, count);

    private static nint Find(Func<nint> linked)
    {
        // Under the just-in-time compiler nothing is linked in.
        if (RuntimeFeature.IsDynamicCodeSupported)
            return 0;
        try
        {
            return linked();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "cc_sha256_lanes16")]
    private static partial nint FindLanes16();

    [LibraryImport(Library, EntryPoint = "cc_sha256_one")]
    private static partial nint FindOne();
}
