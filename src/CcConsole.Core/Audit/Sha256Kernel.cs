using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// The compression function for 16 messages side by side that is compiled by the C compiler (Native/sha256_lanes.c) and linked into the
/// published executables: what the runtime compiles ahead of time is for any x64, and cannot choose wider instructions at run time.
/// </summary>
internal static unsafe partial class Sha256Kernel
{
    private const string Library = "cc_sha256";

    /// <summary>Its address; 0 where it is not linked in, or the processor has no AVX-512.</summary>
    public static nint Lanes16 { get; } = Find();

    /// <param name="function">The address.</param>
    /// <param name="state">Word w of lane l at index w * 16 + l; updated.</param>
    /// <param name="blocks">16 pointers to 64 bytes each.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compress(nint function, uint* state, byte** blocks) =>
        ((delegate* unmanaged[SuppressGCTransition]<uint*, byte**, void>)function)(state, blocks);

    private static nint Find()
    {
        // Under the just-in-time compiler the managed lanes are as wide as the processor.
        if (RuntimeFeature.IsDynamicCodeSupported)
            return 0;
        try
        {
            return FindLinked();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "cc_sha256_lanes16")]
    private static partial nint FindLinked();
}
