using System.Security.Cryptography;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>
/// Where the keys of the checkpoints lie: `key` is in force, `key.next` follows it. Each is PKCS #8 in DER, its owner's alone
/// (0600), and is on disk, its name too, when the method that wrote it returns.
/// </summary>
internal sealed unsafe class KeyFiles
{
    private const uint Mode = 0x180;
    private const int MostBytes = 4096;

    private readonly string _directory;
    private readonly string _key;
    private readonly string _next;

    // The key that was to follow is the one in force, and its name is perhaps not on disk.
    private bool _renamed;

    /// <param name="directory">The daemon's own directory, which nobody else may enter.</param>
    internal KeyFiles(string directory) => (_directory, _key, _next) = (directory, Of(directory), directory + "/key.next");

    /// <summary>The file of the key in force.</summary>
    internal static string Of(string directory) => directory + "/key";

    /// <summary>The key in force; null when there is no such file.</summary>
    /// <exception cref="ProblemException">It is there and cannot be read or trusted.</exception>
    internal SigningKey? Read(string origin) => Read(_key, origin);

    /// <summary>The key that is to follow; null when there is no such file.</summary>
    /// <exception cref="ProblemException">It is there and cannot be read or trusted.</exception>
    internal SigningKey? ReadNext(string origin) => Read(_next, origin);

    /// <summary>Puts a key in the place of the one that is to follow.</summary>
    /// <exception cref="ProblemException">It could not be written and brought to disk.</exception>
    internal void WriteNext(SigningKey key)
    {
        _renamed = false;
        Overwrite(_next);
        if (Libc.unlink(_next) != 0 && Libc.LastError != Errno.NoEntry)
            throw Failed(_next, "cannot be removed");
        var bytes = key.Export();
        var fd = Libc.open(_next, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, Mode);
        try
        {
            if (fd < 0 || !Put(fd, bytes))
                throw Failed(_next, "cannot be written");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            if (fd >= 0)
                _ = Libc.close(fd);
        }

        AppendFile.SyncDirectory(_directory);
    }

    /// <summary>Makes the key that was to follow the one in force. The old one is overwritten first, so that its blocks
    /// hold it no more where the file system writes in place; a copy that it or the disk has made elsewhere (btrfs, zfs, a data journal, a
    /// snapshot, an SSD's own) is out of reach.</summary>
    /// <exception cref="ProblemException">It did not come that far; to be called again, also by a later process.</exception>
    internal void Promote()
    {
        if (!_renamed)
        {
            Overwrite(_key);
            if (Libc.rename(_next, _key) != 0)
                throw Failed(_next, $"cannot be renamed to {_key}");
            _renamed = true;
        }

        AppendFile.SyncDirectory(_directory);
        _renamed = false;
    }

    private static SigningKey? Read(string path, string origin)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
            return Libc.LastError == Errno.NoEntry ? null : throw Failed(path, "cannot be read");
        var bytes = new byte[MostBytes];
        try
        {
            if (!Libc.TryStatus(fd, out var status) || !status.IsRegular || status.Owner != Libc.geteuid() || (status.Permissions & 0x3F) != 0)
                throw new ProblemException($"{path} is not a file that only its owner may read", "find out who has had it: whoever has the key can sign");
            nint length;
            fixed (byte* at = bytes)
                length = Libc.read(fd, at, MostBytes);
            if (length < 0)
                throw Failed(path, "cannot be read");
            return SigningKey.Import(origin, bytes.AsSpan(0, (int)length));
        }
        finally
        {
            _ = Libc.close(fd);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static void Overwrite(string path)
    {
        var fd = Libc.open(path, OpenFlags.WriteOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
        {
            if (Libc.LastError == Errno.NoEntry)
                return;
            throw Failed(path, "cannot be overwritten");
        }

        var good = Libc.TryStatus(fd, out var status) && status.IsRegular && Put(fd, new byte[Math.Min(status.Size, MostBytes)]);
        var problem = good ? null : Failed(path, "cannot be overwritten");
        _ = Libc.close(fd);
        if (problem is not null)
            throw problem;
    }

    private static bool Put(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
            return Libc.write(fd, at, (nuint)bytes.Length) == bytes.Length && Libc.fsync(fd) == 0;
    }

    private static ProblemException Failed(string path, string what) => new($"{path} {what}: {Libc.ErrorText(Libc.LastError)}");
}
