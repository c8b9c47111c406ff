using CcConsole.Core;
using CcConsole.Store.Access;

namespace CcConsole.Store.Changes;

/// <summary>
/// Tells the changes that a living console is making from those that a dead one has left: a lock (flock(2)) on a file beside the
/// cache, shared by everyone who makes a change, and let go by the kernel when the process ends in whatever way.
/// </summary>
public sealed class ChangeLock
{
    private const int Tries = 500;
    private readonly string _path;

    internal ChangeLock(string path) => _path = path;

    /// <summary>Held while changes are noted, sent and completed. Many may hold it.</summary>
    /// <exception cref="ProblemException">The file cannot be used.</exception>
    public async Task<IDisposable> HoldAsync(CancellationToken cancellation = default)
    {
        for (int tries = 1; ; tries++)
        {
            // Somebody may be asking just now (below), for as long as that takes.
            if (Open(FileAccess.Read, FileShare.Read) is { } held)
            {
                return held;
            }

            if (tries == Tries)
            {
                throw new ProblemException($"{_path} is locked by another program", "See who holds it (fuser), and try again.");
            }

            await Task.Delay(10, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>True when nobody holds it: what has no outcome in the journal then was interrupted.</summary>
    /// <exception cref="ProblemException">The file cannot be used.</exception>
    public bool IsFree()
    {
        using FileStream? alone = Open(FileAccess.ReadWrite, FileShare.None);
        return alone is not null;
    }

    private FileStream? Open(FileAccess access, FileShare share)
    {
        const int wouldBlock = 11;
        try
        {
            PrivatePath.CheckFile(_path);
            return new FileStream(_path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = access,
                Share = share,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e.HResult == wouldBlock)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{_path} cannot be locked: {e.Message}", "Check the free space and who owns the folder.", e);
        }
    }
}
