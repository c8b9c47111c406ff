using System.Runtime.InteropServices;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>
/// The clients that are in the middle of something, and who has to go when there is no more room: always one of the user who
/// takes most of it, so that one user's crowd costs another nothing.
/// </summary>
internal sealed class Clients
{
    // Connections at once in all, of one user, and of root; bytes held for all of them.
    private const int MostInAll = 128, MostOfOneUser = 48, MostOfRoot = 96;
    private const long MostBytes = 6 * 1024 * 1024;

    // Descriptors that the journals, the spool and the daemon's parts need.
    private const int Reserved = 40, LeastInAll = 4;

    // Who has been there that long does not send what it has: an honest client's whole report is there at once.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly List<Connection> _open = [];
    private readonly Dictionary<uint, int> _users = [];
    private readonly int _most;

    internal Clients()
    {
        var limit = Libc.DescriptorLimit;
        _most = (int)Math.Clamp(limit - Reserved, LeastInAll, MostInAll);
    }

    /// <summary>Those that are there, the oldest first.</summary>
    internal IReadOnlyList<Connection> Open => _open;

    internal void Add(Connection connection)
    {
        _open.Add(connection);
        CollectionsMarshal.GetValueRefOrAddDefault(_users, connection.Uid, out _)++;
    }

    internal void Remove(Connection connection)
    {
        connection.Done = true;
        _open.Remove(connection);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, connection.Uid, out _);
        if (--count <= 0)
            _users.Remove(connection.Uid);
    }

    /// <summary>Whether one more of a user finds room; else <paramref name="instead"/>, when there is one, has to go first.</summary>
    internal bool HasRoom(uint uid, out Connection? instead)
    {
        instead = null;
        var own = _users.GetValueOrDefault(uid);
        if (own < (uid == 0 ? MostOfRoot : MostOfOneUser) && _open.Count < _most)
            return true;
        var (crowd, largest) = (uid, own);
        if (_open.Count >= _most)
        {
            foreach (var (user, count) in _users)
            {
                if (count > largest)
                    (crowd, largest) = (user, count);
            }
        }

        // Of one's own crowd only who dawdles makes room; another's greater crowd always does.
        instead = _open.Find(c => c.Uid == crowd && (crowd != uid || c.Age > Grace));
        return false;
    }

    /// <summary>Who has to go because too much memory is held; null when it is not too much.</summary>
    internal Connection? Heaviest()
    {
        long held = 0;
        foreach (var connection in _open)
            held += connection.Frame.Capacity;
        if (held <= MostBytes)
            return null;
        var users = new Dictionary<uint, long>();
        foreach (var connection in _open)
            CollectionsMarshal.GetValueRefOrAddDefault(users, connection.Uid, out _) += connection.Frame.Capacity;
        var crowd = users.MaxBy(u => u.Value).Key;
        return _open.Where(c => c.Uid == crowd).MaxBy(c => c.Frame.Capacity);
    }
}
