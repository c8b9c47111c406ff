using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>The last entry that the daemon knows it has written, kept outside of the log.</summary>
/// <param name="Chain">The chain's id.</param>
/// <param name="Seq">The entry's sequence number; -1 for a chain whose first entry is about to be written.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Segment">The first sequence number of the segment in which it lies.</param>
/// <param name="Offset">Where its line ends in that segment.</param>
/// <param name="Reports">How many reports have their entry in the chain.</param>
internal sealed record ChainHead(string Chain, long Seq, Hash32 Hash, long Segment, long Offset, long Reports);

/// <summary>
/// The file that remembers the head. It has two places of fixed length, written in turn and each with a digest of its
/// own: a crash in the middle of one leaves the other, so there is never a moment without a head.
/// </summary>
internal sealed unsafe class HeadFile : IDisposable
{
    private const int PlaceBytes = 512;

    private readonly string _path;
    private readonly int _fd;
    private int _next;

    private HeadFile(string path, int fd) => (_path, _fd) = (path, fd);

    /// <exception cref="ProblemException">It cannot be opened.</exception>
    internal static HeadFile Open(string path, out ChainHead? head)
    {
        var fd = Libc.open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (fd < 0)
            throw new ProblemException($"{path} cannot be opened: {Libc.ErrorText(Libc.LastError)}");
        var file = new HeadFile(path, fd);
        ChainHead? first = file.Read(0), second = file.Read(1);
        head = first is null ? second : second is null || first.Seq >= second.Seq ? first : second;
        file._next = head == first && head is not null ? 1 : 0;
        return file;
    }

    /// <summary>Reads the head without the daemon; null when there is none.</summary>
    internal static ChainHead? Read(string path)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
            return null;
        using var file = new HeadFile(path, fd);
        ChainHead? first = file.Read(0), second = file.Read(1);
        return first is null ? second : second is null || first.Seq >= second.Seq ? first : second;
    }

    /// <summary>Remembers the head. Without <paramref name="sync"/> it survives the daemon's death but not the machine's.</summary>
    internal void Write(ChainHead head, bool sync)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"cc-agent-head 1 {head.Chain} {head.Seq} {head.Hash} {head.Segment} {head.Offset} {head.Reports}");
        var place = new byte[PlaceBytes];
        place.AsSpan().Fill((byte)' ');
        place[^1] = (byte)'\n';
        Encoding.ASCII.GetBytes($"{text} {Sha256.Hash(Encoding.ASCII.GetBytes(text))}").CopyTo(place, 0);
        nint written;
        fixed (byte* at = place)
            written = Libc.pwrite(_fd, at, PlaceBytes, _next * PlaceBytes);
        if (written != PlaceBytes || (sync && Libc.fsync(_fd) != 0))
            throw new ProblemException($"{_path} cannot be written: {Libc.ErrorText(Libc.LastError)}");
        _next = 1 - _next;
    }

    public void Dispose() => _ = Libc.close(_fd);

    private ChainHead? Read(int place)
    {
        var bytes = new byte[PlaceBytes];
        nint count;
        fixed (byte* at = bytes)
            count = Libc.pread(_fd, at, PlaceBytes, place * PlaceBytes);
        if (count != PlaceBytes)
            return null;
        var text = Encoding.ASCII.GetString(bytes).TrimEnd();
        var parts = text.Split(' ');
        if (parts is not ["cc-agent-head", "1", var chain, var seq, var hash, var segment, var offset, var reports, var digest]
            || Sha256.Hash(Encoding.ASCII.GetBytes(text[..^65])).ToString() != digest
            || !Hash32.TryParse(hash, out var parsed))
        {
            return null;
        }

        return new ChainHead(chain, Number(seq), parsed, Number(segment), Number(offset), Number(reports));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
