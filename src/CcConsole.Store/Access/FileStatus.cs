using System.Runtime.InteropServices;

namespace CcConsole.Store.Access;

/// <summary>Owner and kind of a file, which .NET does not tell: statx(2) on Linux, stat(2) on macOS.</summary>
internal readonly record struct FileStatus(uint Owner, uint Mode)
{
    private const uint KindMask = 0xF000, Directory = 0x4000, Regular = 0x8000, Link = 0xA000;

    public bool IsDirectory => (Mode & KindMask) == Directory;

    public bool IsRegular => (Mode & KindMask) == Regular;

    public bool IsLink => (Mode & KindMask) == Link;

    /// <summary>The nine permission bits.</summary>
    public uint Permissions => Mode & 0x1FF;

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileStatus? Of(string path, bool followLink)
    {
        Span<byte> buffer = stackalloc byte[256];
        int result = OperatingSystem.IsMacOS() ? MacStat(path, followLink, buffer) : LinuxStat(path, followLink, buffer);
        if (result == 0)
        {
            return OperatingSystem.IsMacOS()
                ? new FileStatus(MemoryMarshal.Read<uint>(buffer[16..]), MemoryMarshal.Read<ushort>(buffer[4..]))
                : new FileStatus(MemoryMarshal.Read<uint>(buffer[20..]), MemoryMarshal.Read<ushort>(buffer[28..]));
        }

        const int noEntry = 2, notADirectory = 20;
        int error = Marshal.GetLastPInvokeError();
        return error is noEntry or notADirectory
            ? null
            : throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    internal static extern uint EffectiveUser();

    private static unsafe int LinuxStat(string path, bool followLink, Span<byte> buffer)
    {
        const int currentDirectory = -100, noFollow = 0x100;
        const uint basicStats = 0x7FF;
        fixed (byte* to = buffer)
        {
            return StatX(currentDirectory, path, followLink ? 0 : noFollow, basicStats, to);
        }
    }

    private static unsafe int MacStat(string path, bool followLink, Span<byte> buffer)
    {
        bool intel = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        fixed (byte* to = buffer)
        {
            return (intel, followLink) switch
            {
                (true, true) => MacStatIntel(path, to),
                (true, false) => MacLinkStatIntel(path, to),
                (false, true) => MacStat(path, to),
                (false, false) => MacLinkStat(path, to),
            };
        }
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern unsafe int StatX(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte* buffer);

    [DllImport("libc", EntryPoint = "stat", SetLastError = true)]
    private static extern unsafe int MacStat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* buffer);

    [DllImport("libc", EntryPoint = "lstat", SetLastError = true)]
    private static extern unsafe int MacLinkStat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* buffer);

    [DllImport("libc", EntryPoint = "stat$INODE64", SetLastError = true)]
    private static extern unsafe int MacStatIntel([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* buffer);

    [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
    private static extern unsafe int MacLinkStatIntel([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* buffer);
}
