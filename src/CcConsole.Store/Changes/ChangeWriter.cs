using CcConsole.Store.Access;

namespace CcConsole.Store.Changes;

/// <summary>
/// Says which changes a living console is at. Each console that sends changes holds a lock of its own for as long as it lives, and its
/// changes bear the lock's name: a change without an end whose lock is free was interrupted, at whatever moment that was.
/// </summary>
internal sealed class ChangeWriter(string folder) : IDisposable
{
    private readonly Lock _making = new();
    private volatile string? _name;
    private FileLock? _held;

    /// <summary>The name that this console's changes bear.</summary>
    public string Name
    {
        get
        {
            lock (_making)
            {
                if (_name is { } known)
                {
                    return known;
                }

                PrivatePath.EnsureDirectory(folder);
                using FileLock making = FileLock.Take(folder + ".lock");
                RemoveAbandoned();
                string name = Guid.NewGuid().ToString("N");
                _held = FileLock.Take(PathOf(name));
                return _name = name;
            }
        }
    }

    /// <summary>Whether the console with this name lives.</summary>
    public bool IsRunning(string? writer) => writer is not null
        && (writer == _name || (Guid.TryParseExact(writer, "N", out _) && Directory.Exists(folder) && FileLock.IsHeld(PathOf(writer))));

    public void Dispose()
    {
        lock (_making)
        {
            if (_name is { } own)
            {
                _name = null;
                _held?.Dispose();
                if (Directory.Exists(folder))
                {
                    File.Delete(PathOf(own));
                }
            }
        }
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>What consoles that were killed have left.</summary>
    private void RemoveAbandoned()
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            if (FileLock.TryTake(path) is { } abandoned)
            {
                File.Delete(path);
                abandoned.Dispose();
            }
        }
    }
}
