using System.Runtime.InteropServices;

namespace CcConsole.Verbs;

/// <summary>
/// Standard output or error by write(2). .NET's console stream switches the terminal's keypad and leaves it so, and its
/// FileStream does not move the offset that other writers to the same file share.
/// </summary>
/// <param name="fd">1 or 2.</param>
internal sealed unsafe partial class OutputStream(int fd) : Stream
{
    private const int Interrupted = 4, TryAgain = 11, TryAgainOnMac = 35; // EINTR, EAGAIN (errno(3))
    private const short Writable = 4;                                     // POLLOUT (poll(2))

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="IOException">The reader is gone, or the disk is full; HResult is the errno.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = buffer) written = write(fd, bytes, (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error is TryAgain or TryAgainOnMac) Wait();
            else if (error != Interrupted) throw new IOException($"{(fd == 1 ? "standard output" : "standard error")}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Until a reader that is slower than we, behind a descriptor that does not block, takes more.</summary>
    private void Wait()
    {
        var ready = new PollFd { Fd = fd, Events = Writable };
        _ = poll(&ready, 1, -1);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFd* descriptors, nuint count, int timeout);
}
