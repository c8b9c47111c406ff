using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>One client of the daemon: it may say one thing, and gets one answer if it waits for it.</summary>
internal sealed unsafe class Connection
{
    /// <summary>How long a client has to say what it has to say.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly long _start = Stopwatch.GetTimestamp();

    internal Connection(int fd, uint uid, int pid, BufferPool pool)
    {
        (Descriptor, Uid, Pid) = (fd, uid, pid);
        Frame = new JsonFrame(pool);
    }

    internal int Descriptor { get; }

    internal uint Uid { get; }

    internal int Pid { get; }

    internal JsonFrame Frame { get; }

    /// <summary>How long it has been there.</summary>
    internal TimeSpan Age => Stopwatch.GetElapsedTime(_start);

    internal TimeSpan Left => Limit - Age;

    /// <summary>Whether it has been answered, or is waiting for what it said to be recorded.</summary>
    internal bool Done { get; set; }

    /// <summary>Reads what there is. Null: wait for more; else the length of the object, or -1 with the reason why there is none.</summary>
    internal int? Read(out string reason)
    {
        reason = "";
        while (true)
        {
            var room = Frame.GetRoom();
            if (room.IsEmpty)
            {
                reason = "longer than a report may be";
                return -1;
            }

            nint count;
            fixed (byte* at = room)
                count = Libc.recv(Descriptor, at, (nuint)room.Length, 0);
            if (count < 0 && Libc.LastError == Errno.Interrupted)
                continue;
            if (count < 0 && Libc.LastError == Errno.Again)
                return null;
            if (count <= 0)
            {
                reason = "the connection ended in the middle";
                return -1;
            }

            var length = Frame.Advance((int)count);
            if (length == 0)
                continue;
            if (length < 0)
                reason = "not a JSON object, or nested too deeply";
            return length;
        }
    }

    /// <summary>Answers with one line and closes. A client that does not read it misses it.</summary>
    internal void Close(ReadOnlySpan<byte> answer)
    {
        if (!answer.IsEmpty)
        {
            fixed (byte* at = answer)
                _ = Libc.send(Descriptor, at, (nuint)answer.Length, Libc.NoSignal);
        }

        // What is closed unread resets the connection, and the client may miss its answer.
        const int most = 64;
        var rest = stackalloc byte[16 * 1024];
        for (var i = 0; i < most && Libc.recv(Descriptor, rest, 16 * 1024, 0) > 0; i++)
        {
        }

        _ = Libc.close(Descriptor);
        Frame.Release();
    }

    internal static byte[] Format(in RecordAnswer answer)
    {
        if (answer.Good)
            return Encoding.UTF8.GetBytes($"{{\"ok\":true,\"seq\":{answer.Seq},\"hash\":{Text(answer.Message)},\"accepted\":true}}\n");
        return Encoding.UTF8.GetBytes(
            $"{{\"ok\":false,\"recorded\":{(answer.Recorded ? "true" : "false")},\"seq\":{answer.Seq},\"error\":{Text(answer.Message)},\"accepted\":false}}\n");
    }

    private static string Text(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";
}
