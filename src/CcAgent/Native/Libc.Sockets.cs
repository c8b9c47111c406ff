using System.Runtime.InteropServices;

namespace CcAgent.Native;

internal static unsafe partial class Libc
{
    private const int Unix = 1, Stream = 1, Datagram = 2;

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int fd, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int fd, byte* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport(Library, EntryPoint = "accept", SetLastError = true)]
    private static partial int Accept(int fd, byte* address, uint* length);

    // Linux alone.
    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept(int fd, byte* address, uint* length, int flags);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int SocketOption(int fd, int level, int option, byte* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint send(int fd, byte* buffer, nuint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recv(int fd, byte* buffer, nuint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(int fd, int how);

    /// <summary>No SIGPIPE where the other side is gone (Linux; macOS ignores the signal as a whole).</summary>
    internal static int NoSignal => OperatingSystem.IsMacOS() ? 0 : 0x4000;

    /// <summary>A stream socket, closed on exec. -1 sets <see cref="LastError"/>.</summary>
    internal static int OpenUnixSocket(bool blocking)
    {
        if (!OperatingSystem.IsMacOS())
            return Socket(Unix, Stream | OpenFlags.CloseOnExec | (blocking ? 0 : OpenFlags.NonBlocking), 0);
        var fd = Socket(Unix, Stream, 0);
        if (fd >= 0)
            Mark(fd, blocking);
        return fd;
    }

    internal static bool BindUnix(int fd, string path) => WithAddress(path, fd, static (fd, at, length) => Bind(fd, at, length));

    internal static bool ConnectUnix(int fd, string path) => WithAddress(path, fd, static (fd, at, length) => Connect(fd, at, length));

    /// <summary>Sends one datagram to a socket's path, or with a leading @ to its abstract name (Linux). False sets <see cref="LastError"/>.</summary>
    internal static bool SendDatagram(string socket, ReadOnlySpan<byte> message)
    {
        var fd = Socket(Unix, Datagram, 0);
        if (fd < 0)
            return false;
        var sent = WithAddress(socket, fd, static (fd, at, length) =>
        {
            if (at[2] == (byte)'@')
                (at[2], length) = (0, length - 1);
            return Connect(fd, at, length);
        });
        fixed (byte* at = message)
            sent = sent && send(fd, at, (nuint)message.Length, NoSignal) == message.Length;
        var error = LastError;
        _ = close(fd);
        Marshal.SetLastPInvokeError(error);
        return sent;
    }

    /// <summary>A connection that waits, closed on exec and not blocking. -1 sets <see cref="LastError"/>.</summary>
    internal static int AcceptUnix(int listener)
    {
        if (!OperatingSystem.IsMacOS())
            return Accept(listener, null, null, OpenFlags.CloseOnExec | OpenFlags.NonBlocking);
        var fd = Accept(listener, null, null);
        if (fd >= 0)
            Mark(fd, blocking: false);
        return fd;
    }

    /// <summary>Who is on the other side, as the kernel saw it when the connection was made.</summary>
    internal static bool TryPeer(int fd, out uint uid, out int pid)
    {
        var value = stackalloc byte[128];
        uint length = 128;
        if (OperatingSystem.IsMacOS())
        {
            // LOCAL_PEERCRED gives struct xucred: version, uid, …; LOCAL_PEERPID the process.
            const int local = 0, peerCredentials = 1, peerPid = 2;
            var good = SocketOption(fd, local, peerCredentials, value, &length) == 0;
            uid = good ? *(uint*)(value + 4) : uint.MaxValue;
            length = 4;
            pid = good && SocketOption(fd, local, peerPid, value, &length) == 0 ? *(int*)value : 0;
            return good;
        }

        const int socketLevel = 1, credentials = 17;
        if (SocketOption(fd, socketLevel, credentials, value, &length) != 0)
        {
            (uid, pid) = (uint.MaxValue, 0);
            return false;
        }

        (pid, uid) = (*(int*)value, *(uint*)(value + 4));
        return true;
    }

    private static void Mark(int fd, bool blocking)
    {
        const int setDescriptorFlags = 2, closeOnExec = 1, setStatusFlags = 4;
        _ = fcntl(fd, setDescriptorFlags, closeOnExec);
        if (!blocking)
            _ = fcntl(fd, setStatusFlags, OpenFlags.NonBlocking);
    }

    private delegate int AddressUse(int fd, byte* address, uint length);

    // struct sockaddr_un: Linux has a 16-bit family, macOS a length byte and a family byte; the path begins at 2 in both.
    private static bool WithAddress(string path, int fd, AddressUse use)
    {
        var limit = SocketPathLimit;
        var address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        if (!System.Text.Encoding.UTF8.TryGetBytes(path, new Span<byte>(address + 2, limit), out var length))
        {
            Marshal.SetLastPInvokeError(36);
            return false;
        }

        if (OperatingSystem.IsMacOS())
            (address[0], address[1]) = ((byte)(length + 2), Unix);
        else
            *(ushort*)address = Unix;
        return use(fd, address, (uint)(length + 3)) == 0;
    }

    /// <summary>The most bytes of a socket's path: 107 on Linux, 103 on macOS.</summary>
    internal static int SocketPathLimit => OperatingSystem.IsMacOS() ? 103 : 107;
}
