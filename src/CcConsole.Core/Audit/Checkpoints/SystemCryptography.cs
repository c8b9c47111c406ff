using System.Runtime.InteropServices;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// Whether the system's OpenSSL is there, by which keys are made, used and checked. The runtime ends the whole process at the first use of
/// one that is missing, so this is asked before.
/// </summary>
internal static class SystemCryptography
{
    // The names that the runtime tries, in its order; it wants libssl, which brings libcrypto.
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1"];

    private static readonly Lazy<bool> Found = new(static () =>
        !OperatingSystem.IsLinux() || Array.Exists(Names, static name => NativeLibrary.TryLoad(name, out _)));

    /// <exception cref="ProblemException">It is missing.</exception>
    public static void Require()
    {
        if (!Found.Value)
            throw new ProblemException("the signatures of checkpoints need the system's OpenSSL, which is not here: neither libssl.so.3 nor libssl.so.1.1", "install it (Debian: apt-get install libssl3)");
    }
}
