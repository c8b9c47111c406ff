using System.Runtime.InteropServices;

namespace CcAgent.Native;

internal static unsafe partial class Libc
{
    private const uint CapabilityVersion3 = 0x20080522;

    [LibraryImport(Library, EntryPoint = "capget", SetLastError = true)]
    private static partial int CapGet(uint* header, uint* data);

    [LibraryImport(Library, EntryPoint = "capset", SetLastError = true)]
    private static partial int CapSet(uint* header, uint* data);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setgroups(nuint count, uint* groups);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lchown(string path, uint owner, uint group);

    [LibraryImport(Library, EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GroupNamed(string name, byte* record, byte* buffer, nuint length, out nint result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unsetenv(string name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int execve(byte* file, byte** arguments, byte** environment);

    /// <summary>This thread's capabilities (capabilities(7)), a bit for each. False sets <see cref="LastError"/>.</summary>
    internal static bool TryCapabilities(out ulong effective, out ulong permitted, out ulong inheritable)
    {
        var header = stackalloc uint[2] { CapabilityVersion3, 0 };
        var data = stackalloc uint[6];
        var result = CapGet(header, data);
        (effective, permitted, inheritable) = (Both(data[0], data[3]), Both(data[1], data[4]), Both(data[2], data[5]));
        return result == 0;
    }

    /// <summary>Leaves this thread these capabilities and none to inherit. False sets <see cref="LastError"/>.</summary>
    internal static bool SetCapabilities(ulong kept)
    {
        var header = stackalloc uint[2] { CapabilityVersion3, 0 };
        var data = stackalloc uint[6] { (uint)kept, (uint)kept, 0, (uint)(kept >> 32), (uint)(kept >> 32), 0 };
        return CapSet(header, data) == 0;
    }

    /// <summary>A group's id (getgrnam_r(3)); null where there is none of the name.</summary>
    internal static uint? GroupId(string name)
    {
        const int rangeError = 34;
        var record = stackalloc byte[64];
        for (var size = 4096; size <= 1024 * 1024; size *= 4)
        {
            fixed (byte* buffer = new byte[size])
            {
                var error = GroupNamed(name, record, buffer, (nuint)size, out var found);
                if (error == 0)
                    return found == 0 ? null : *(uint*)(record + 16);
                if (error != rangeError)
                    return null;
            }
        }

        return null;
    }

    private static ulong Both(uint low, uint high) => low | ((ulong)high << 32);
}
