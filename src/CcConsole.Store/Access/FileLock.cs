using CcConsole.Core;
using Microsoft.Win32.SafeHandles;

namespace CcConsole.Store.Access;

/// <summary>
/// A lock between the consoles of one person: flock(2) on a file of its own (0600), which the kernel gives back when its holder ends,
/// however it ends.
/// </summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(10);
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, waiting up to half a minute for another holder.</summary>
    /// <exception cref="ProblemException">It is held for longer, or the file cannot be used.</exception>
    public static FileLock Take(string path)
    {
        using ManualResetEventSlim never = new();
        for (long start = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(start) < Patience; never.Wait(Pause))
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }
        }

        throw new ProblemException($"{path} has been held by another console for {Patience.TotalSeconds:0} seconds", "End the program that holds it (fuser shows which), then try again.");
    }

    /// <summary>Takes the lock, making its file where there is none; null when another holds it, be it in this process.</summary>
    /// <exception cref="ProblemException">The file cannot be made, or is not the person's own.</exception>
    public static FileLock? TryTake(string path) => TryLock(path, shared: false);

    /// <summary>Takes the lock beside others who share it, making its file where there is none; null when one holds it alone.</summary>
    /// <exception cref="ProblemException">The file cannot be made, or is not the person's own.</exception>
    public static FileLock? TryShare(string path) => TryLock(path, shared: true);

    private static FileLock? TryLock(string path, bool shared)
    {
        try
        {
            if (!PrivatePath.CheckFile(path))
            {
                Make(path);
            }

            return Lock(path, shared);
        }
        catch (IOException e)
        {
            throw Unusable(path, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unusable(path, e);
        }
    }

    /// <summary>Whether a lock is held now, here or elsewhere; no file is made for the question.</summary>
    /// <exception cref="ProblemException">The file cannot be used.</exception>
    public static bool IsHeld(string path)
    {
        try
        {
            if (!PrivatePath.CheckFile(path))
            {
                return false;
            }

            // Shared, so that of several who ask at once none is told of the others.
            using FileLock? taken = Lock(path, shared: true);
            return taken is null;
        }
        catch (IOException e)
        {
            throw Unusable(path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            Descriptor.Unlock(_file);
            _file.Dispose();
        }
    }

    private static FileLock? Lock(string path, bool shared)
    {
        SafeFileHandle file = Descriptor.Open(path);
        try
        {
            if (Descriptor.TryLock(file, path, shared))
            {
                FileLock taken = new(file);
                file = null!;
                return taken;
            }

            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static void Make(string path)
    {
        // Made beside its place: .NET locks a file while it makes it, and others would be told that it is held.
        string made = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            PrivatePath.CreateFile(made).Dispose();
            File.Move(made, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another console was first.
        }
        finally
        {
            File.Delete(made);
        }
    }

    private static ProblemException Unusable(string path, Exception e) =>
        new($"The lock {path} cannot be used: {e.Message}", "Check who owns the folder, its mode and the free space.", e);
}
