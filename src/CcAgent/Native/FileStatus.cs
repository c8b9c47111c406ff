using System.Runtime.CompilerServices;

namespace CcAgent.Native;

/// <summary>
/// Owner, mode and kind of a file, the blocks of 512 bytes that it holds on disk, and when its inode was last changed, in seconds since 1970, which no user can set back:
/// statx(2) on Linux, the 64-bit stat structure on macOS.
/// </summary>
internal readonly record struct FileStatus(uint Owner, uint Mode, uint Links, ulong Inode, long Size, long Blocks, ulong Device, long Changed)
{
    internal const int NoFollow = 0x100, EmptyPath = 0x1000;
    internal const uint Basic = 0x7FF;

    private const uint KindMask = 0xF000;

    internal bool IsDirectory => (Mode & KindMask) == 0x4000;

    internal bool IsRegular => (Mode & KindMask) == 0x8000;

    internal bool IsLink => (Mode & KindMask) == 0xA000;

    internal bool IsSocket => (Mode & KindMask) == 0xC000;

    /// <summary>The permission bits with set-id and sticky.</summary>
    internal uint Permissions => Mode & 0xFFF;

    internal bool WritableByOthers => (Mode & 0x12) != 0;

    internal bool Sticky => (Mode & 0x200) != 0;

    internal static unsafe FileStatus From(byte* at) => OperatingSystem.IsMacOS()
        ? new FileStatus(
            Read<uint>(at + 16), Read<ushort>(at + 4), Read<ushort>(at + 6), Read<ulong>(at + 8),
            Read<long>(at + 96), Read<long>(at + 104), Read<uint>(at), Read<long>(at + 64))
        : new FileStatus(
            Read<uint>(at + 20), Read<ushort>(at + 28), Read<uint>(at + 16), Read<ulong>(at + 32),
            Read<long>(at + 40), Read<long>(at + 48), ((ulong)Read<uint>(at + 136) << 32) | Read<uint>(at + 140), Read<long>(at + 96));

    private static unsafe T Read<T>(byte* at)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(at);
}
