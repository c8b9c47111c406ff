using System.Text;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>
/// Goes through all names in some spools and keeps its place in between. Everyone may put into root's spool as many as they like, so
/// whoever goes through it takes a few at a time and lets others have their turn.
/// </summary>
internal sealed class SpoolWalk : IDisposable
{
    // With the random part that it gets a name is to be no longer than file systems allow.
    private const int LongName = 200;

    private readonly IReadOnlyList<string> _spools;
    private DirectoryStream? _stream;
    private string _spool = "";
    private int _next;

    internal SpoolWalk(IReadOnlyList<string> spools) => _spools = spools;

    /// <summary>The next name; false at the end of the last spool.</summary>
    /// <param name="name">Its bytes, good until the next call.</param>
    internal bool Next(out ReadOnlySpan<byte> name)
    {
        while (true)
        {
            if (_stream is not null && _stream.Next(out name))
                return true;
            Dispose();
            name = default;
            if (_next == _spools.Count)
                return false;
            _spool = _spools[_next++];
            if ((_stream = DirectoryStream.Open(_spool)) is null && Libc.LastError is var error and not Errno.NoEntry)
            {
                StandardStreams.Say(
                    $"{_spool} cannot be read: {Libc.ErrorText(error)}", "runs that find no daemon cannot be recorded; start the daemon again");
            }
        }
    }

    /// <summary>The path of the name that was just given.</summary>
    internal string PathOf(ReadOnlySpan<byte> name) => $"{_spool}/{Encoding.UTF8.GetString(name)}";

    /// <summary>Takes away what the name that was just given stands for, unless it is a directory with something in it.</summary>
    internal void Sweep(ReadOnlySpan<byte> name) => _stream!.Remove(name);

    /// <summary>
    /// Takes away what has been dealt with. What cannot be, as a directory with something in it, is at least put out of the way, else it would be
    /// dealt with again and again. False sets <see cref="Libc.LastError"/>.
    /// </summary>
    internal static bool PutAway(string path)
    {
        if (Libc.unlink(path) == 0 || Libc.LastError == Errno.NoEntry || Libc.rmdir(path) == 0)
            return true;
        var (folder, name) = (Path.GetDirectoryName(path), Path.GetFileName(path));
        var kept = Encoding.UTF8.GetByteCount(name) <= LongName ? name + "." : "";
        return Libc.rename(path, $"{folder}/{kept}{Convert.ToHexStringLower(RandomBytes.Get(8))}.refused") == 0;
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
