using System.Diagnostics;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>What became of a report that was offered to the daemon.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The daemon has it, durably.</summary>
    Recorded,

    /// <summary>The daemon has recorded that it refused it.</summary>
    Refused,

    /// <summary>Nobody has it.</summary>
    NotDelivered,
}

/// <summary>Hands one report to the daemon and waits for its durable answer, all within a few seconds.</summary>
internal static unsafe class ReportDelivery
{
    private const int LimitMs = 5000;

    internal static DeliveryOutcome Send(string socket, uint uid, ReadOnlySpan<byte> report, out string reason)
    {
        try
        {
            SecureDirectory.Require(
                Path.GetDirectoryName(socket)!, uid,
                Path.GetDirectoryName(socket) == AgentPlaces.UserSocketDirectory(uid) ? 0x1C0u : null, rootMayOwn: true);
        }
        catch (ProblemException e)
        {
            reason = e.Message;
            return DeliveryOutcome.NotDelivered;
        }

        var fd = Libc.OpenUnixSocket(blocking: false);
        if (fd < 0)
        {
            reason = Libc.ErrorText(Libc.LastError);
            return DeliveryOutcome.NotDelivered;
        }

        try
        {
            return Exchange(fd, socket, uid, report, out reason);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static DeliveryOutcome Exchange(int fd, string socket, uint uid, ReadOnlySpan<byte> report, out string reason)
    {
        var start = Stopwatch.GetTimestamp();
        while (!Libc.ConnectUnix(fd, socket))
        {
            // EAGAIN: the daemon is there but its queue is full.
            if (Libc.LastError != Errno.Again || !Pause(start))
            {
                reason = $"{socket}: {Libc.ErrorText(Libc.LastError)}";
                return DeliveryOutcome.NotDelivered;
            }
        }

        if (!Libc.TryPeer(fd, out var owner, out _) || (owner != uid && owner != 0))
        {
            reason = $"{socket} is served by {UserAccount.Of(owner).Name}";
            return DeliveryOutcome.NotDelivered;
        }

        reason = $"{socket}: the daemon did not answer";
        while (!report.IsEmpty)
        {
            nint sent;
            fixed (byte* at = report)
                sent = Libc.send(fd, at, (nuint)report.Length, Libc.NoSignal);
            if (sent >= 0)
                report = report[(int)sent..];
            else if (Libc.LastError != Errno.Again && Libc.LastError != Errno.Interrupted)
                break; // The daemon may have refused it before its end: its answer says.
            else if (!Wait(fd, PollEntry.Out, start))
                return DeliveryOutcome.NotDelivered;
        }

        Span<byte> answer = stackalloc byte[4096];
        var length = 0;
        while (length < answer.Length && !answer[..length].Contains((byte)'\n'))
        {
            nint got;
            fixed (byte* at = answer[length..])
                got = Libc.recv(fd, at, (nuint)(answer.Length - length), 0);
            if (got == 0)
                break;
            if (got > 0)
                length += (int)got;
            else if ((Libc.LastError != Errno.Again && Libc.LastError != Errno.Interrupted) || !Wait(fd, PollEntry.In, start))
                break;
        }

        return Understand(answer[..length], ref reason);
    }

    private static DeliveryOutcome Understand(ReadOnlySpan<byte> answer, ref string reason)
    {
        if (answer.StartsWith("{\"ok\":true"u8))
            return DeliveryOutcome.Recorded;
        if (answer.StartsWith("{\"ok\":false"u8))
            reason = "the daemon answered " + System.Text.Encoding.UTF8.GetString(answer).TrimEnd();
        return answer.StartsWith("{\"ok\":false,\"recorded\":true"u8) ? DeliveryOutcome.Refused : DeliveryOutcome.NotDelivered;
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
