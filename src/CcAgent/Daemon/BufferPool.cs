namespace CcAgent.Daemon;

/// <summary>
/// The buffers that clients' words are read into, used again: what comes and goes a thousand times a second leaves no garbage.
/// For one thread.
/// </summary>
internal sealed class BufferPool
{
    // A client that says more than a few KiB is rare, and its buffers are large: few are kept.
    private const long MostKept = 3 * 1024 * 1024;

    // The collector lets large garbage lie as long as memory is plentiful; this process has promised to stay small.
    private const long MostGarbage = 6 * 1024 * 1024;
    private const int Large = 64 * 1024;

    private readonly Dictionary<int, Stack<byte[]>> _free = [];
    private long _kept;
    private long _dropped;

    internal byte[] Take(int length)
    {
        if (!_free.TryGetValue(length, out var free) || !free.TryPop(out var buffer))
            return GC.AllocateUninitializedArray<byte>(length);
        _kept -= length;
        return buffer;
    }

    internal void Return(byte[] buffer)
    {
        if (_kept + buffer.Length > MostKept)
        {
            Drop(buffer.Length);
            return;
        }

        if (!_free.TryGetValue(buffer.Length, out var free))
            _free[buffer.Length] = free = new Stack<byte[]>();
        free.Push(buffer);
        _kept += buffer.Length;
    }

    /// <summary>Lets go of all that is not in use.</summary>
    internal void Clear()
    {
        _free.Clear();
        _kept = 0;
    }

    private void Drop(int length)
    {
        if (length < Large || (_dropped += length) < MostGarbage)
            return;
        _dropped = 0;
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
    }
}
