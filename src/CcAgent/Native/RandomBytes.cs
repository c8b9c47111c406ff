using CcConsole.Core;

namespace CcAgent.Native;

/// <summary>Random bytes from the kernel; the base class library's would load a cryptography library first.</summary>
internal static unsafe class RandomBytes
{
    internal static byte[] Get(int count)
    {
        var bytes = new byte[count];
        fixed (byte* at = bytes)
        {
            if (Libc.getentropy(at, (nuint)count) != 0)
                throw new ProblemException("the system gives no random numbers");
        }

        return bytes;
    }
}
