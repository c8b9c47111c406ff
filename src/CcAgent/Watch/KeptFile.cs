using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Watch;

/// <summary>Replaces a small file of the agent's own as a whole: after a crash it is the old one or the new one.</summary>
internal static unsafe class KeptFile
{
    /// <exception cref="ProblemException">It cannot be written; the old one is still there.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var made = path + ".new";
        _ = Libc.unlink(made);
        var fd = Libc.open(made, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (fd < 0)
            throw Failed(path);
        try
        {
            fixed (byte* at = bytes)
            {
                for (var written = 0; written < bytes.Length;)
                {
                    var count = Libc.write(fd, at + written, (nuint)(bytes.Length - written));
                    if (count < 0 && Libc.LastError == Errno.Interrupted)
                        continue;
                    if (count <= 0)
                        throw Failed(path);
                    written += (int)count;
                }
            }

            if (Libc.fsync(fd) != 0 || Libc.rename(made, path) != 0)
                throw Failed(path);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static ProblemException Failed(string path) =>
        new($"{path} cannot be written: {Libc.ErrorText(Libc.LastError)}", "changes of tables and missed runs are not recorded until it can");
}
