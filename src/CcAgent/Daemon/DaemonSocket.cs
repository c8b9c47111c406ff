using System.Diagnostics;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>
/// The client's side of the daemon's socket: one object there, one line back, all within five seconds. Before anything is
/// sent, the socket's directory is checked, the socket in it, and who serves it; what is connected to is what was checked.
/// </summary>
internal static unsafe class DaemonSocket
{
    /// <summary>What the daemon answers who came at a time when there was no room.</summary>
    internal static ReadOnlySpan<byte> Busy => "{\"ok\":false,\"recorded\":false,\"seq\":-1,\"error\":\"busy\"}"u8;

    private const int LimitMs = 5000, MostAnswerBytes = 64 * 1024;

    /// <summary>The daemon's answer without its newline; empty with the reason when there is none.</summary>
    /// <param name="socket">The socket's absolute path.</param>
    /// <param name="uid">This process's user.</param>
    /// <param name="request">What is sent.</param>
    /// <param name="reason">Why there is no answer.</param>
    /// <exception cref="ProblemException">Others may have a hand in the socket or its directory, or serve it: nothing was sent.</exception>
    internal static byte[] Ask(string socket, uint uid, ReadOnlySpan<byte> request, out string reason)
    {
        var folder = Path.GetDirectoryName(socket)!;
        var held = -1;
        try
        {
            using var directory = folder == AgentPlaces.UserSocketDirectory(uid)
                ? SecureDirectory.Hold(folder, uid, SecureDirectory.Private) : SecureDirectory.Hold(folder, uid, rootMayOwn: true);
            if (directory.FindSocket(Path.GetFileName(socket), uid, out held) is { } path)
                return Connect(path, socket, uid, request, out reason);
            reason = $"{socket}: {Libc.ErrorText(Errno.NoEntry)}";
        }
        catch (ProblemException e) when (!Libc.TryStatus(folder, out _) && Libc.LastError == Errno.NoEntry)
        {
            // Not there: no daemon, and nothing wrong.
            reason = e.Message;
        }
        finally
        {
            if (held >= 0)
                _ = Libc.close(held);
        }

        return [];
    }

    private static byte[] Connect(string path, string socket, uint uid, ReadOnlySpan<byte> request, out string reason)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var fd = Libc.OpenUnixSocket(blocking: false);
            if (fd < 0)
            {
                reason = Libc.ErrorText(Libc.LastError);
                return [];
            }

            byte[] answer;
            try
            {
                answer = Exchange(fd, path, socket, uid, request, start, out reason);
            }
            finally
            {
                _ = Libc.close(fd);
            }

            // In a crowd it pays to come again.
            if (!answer.AsSpan().SequenceEqual(Busy) || !Pause(start))
                return answer;
        }
    }

    private static byte[] Exchange(int fd, string path, string socket, uint uid, ReadOnlySpan<byte> request, long start, out string reason)
    {
        while (!Libc.ConnectUnix(fd, path))
        {
            // EAGAIN: the daemon is there but its queue is full.
            if (Libc.LastError != Errno.Again || !Pause(start))
            {
                reason = $"{socket}: {Libc.ErrorText(Libc.LastError)}";
                return [];
            }
        }

        if (!Libc.TryPeer(fd, out var owner, out _) || (owner != uid && owner != 0))
            throw new ProblemException($"{socket} is served by {UserAccount.Of(owner).Name}", "find out who runs that daemon there, and end it");

        reason = $"{socket}: the daemon did not answer";
        while (!request.IsEmpty)
        {
            nint sent;
            fixed (byte* at = request)
                sent = Libc.send(fd, at, (nuint)request.Length, Libc.NoSignal);
            if (sent >= 0)
                request = request[(int)sent..];
            else if (Libc.LastError != Errno.Again && Libc.LastError != Errno.Interrupted)
                break; // The daemon may have refused it before its end: its answer says.
            else if (!Wait(fd, PollEntry.Out, start))
                return [];
        }

        return Answer(fd, start);
    }

    private static byte[] Answer(int fd, long start)
    {
        var answer = new byte[1024];
        var length = 0;
        while (!answer.AsSpan(0, length).Contains((byte)'\n') && length < MostAnswerBytes)
        {
            if (length == answer.Length)
                Array.Resize(ref answer, answer.Length * 2);
            nint got;
            fixed (byte* at = answer)
                got = Libc.recv(fd, at + length, (nuint)(answer.Length - length), 0);
            if (got == 0)
                break;
            if (got > 0)
                length += (int)got;
            else if ((Libc.LastError != Errno.Again && Libc.LastError != Errno.Interrupted) || !Wait(fd, PollEntry.In, start))
                break;
        }

        var end = answer.AsSpan(0, length).IndexOf((byte)'\n');
        return end < 0 ? [] : answer[..end];
    }

    private static int Left(long start) => (int)Math.Max(0, LimitMs - Stopwatch.GetElapsedTime(start).TotalMilliseconds);

    private static bool Pause(long start)
    {
        _ = Libc.poll(null, 0, Math.Min(20, Left(start)));
        return Left(start) > 0;
    }

    private static bool Wait(int fd, short events, long start)
    {
        var entry = new PollEntry { Descriptor = fd, Events = events };
        return Libc.poll(&entry, 1, Left(start)) > 0 || Left(start) > 0;
    }
}
