using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// What could not be recorded, until it can be told by an audit.gap entry. It is kept in a file of fixed length that is there
/// beforehand, so that it outlives the daemon on a full disk too.
/// </summary>
internal sealed unsafe class AuditGap : IDisposable
{
    private const int Length = 512, ShortReason = 160;
    private const string Start = "cc-agent-gap 1 ";

    private readonly string _path;
    private readonly int _fd;

    /// <exception cref="ProblemException">The file cannot be made.</exception>
    internal AuditGap(string stateDirectory)
    {
        _path = stateDirectory + "/gap";
        _fd = Libc.open(_path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (_fd < 0)
            throw new ProblemException($"{_path} cannot be opened: {Libc.ErrorText(Libc.LastError)}");
        Read();
        if (!Libc.TryStatus(_fd, out var status) || status.Size != Length)
            Write();
    }

    /// <summary>How many requests could not be recorded when they came.</summary>
    internal long Count { get; private set; }

    /// <summary>When the first of them came, in microseconds since 1970.</summary>
    internal long From { get; private set; }

    /// <summary>When the last of them came.</summary>
    internal long To { get; private set; }

    /// <summary>Why the first could not be, in words.</summary>
    internal string Reason { get; private set; } = "";

    /// <summary>So many more could not be recorded.</summary>
    internal void Add(int count, long micros, string reason)
    {
        if (Count == 0)
            (From, Reason) = (micros, reason.ReplaceLineEndings(" "));
        (Count, To) = (Count + count, micros);
        Write();
    }

    /// <summary>What the entry about it says.</summary>
    internal AuditMember[] Members() =>
        [new("count", Count), new("from", Time(From)), new("to", Time(To)), new("reason", EntryMembers.Cut(Reason, ShortReason))];

    /// <summary>It is told.</summary>
    internal void Clear()
    {
        (Count, From, To, Reason) = (0, 0, 0, "");
        Write();
    }

    public void Dispose() => _ = Libc.close(_fd);

    private static string Time(long micros) => UnixMicros.Time(micros)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private void Read()
    {
        var bytes = stackalloc byte[Length];
        var length = Libc.pread(_fd, bytes, Length, 0);
        var text = length > 0 ? Encoding.UTF8.GetString(bytes, (int)length).TrimEnd() : "";
        var parts = text.StartsWith(Start, StringComparison.Ordinal) ? text[Start.Length..].Split(' ', 4) : [];
        if (parts.Length == 4 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var count)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var from) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var to))
            (Count, From, To, Reason) = (count, from, to, parts[3]);
    }

    // In place: that needs no room. Where even that fails, the daemon still knows it.
    private void Write()
    {
        var reason = EntryMembers.Cut(Reason, ShortReason);
        var text = Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Start}{Count} {From} {To} {reason}");
        var bytes = new byte[Length];
        bytes.AsSpan().Fill((byte)' ');
        bytes[^1] = (byte)'\n';
        var utf8 = Encoding.UTF8.GetBytes(text);
        utf8.AsSpan(0, Math.Min(utf8.Length, Length - 1)).CopyTo(bytes);
        fixed (byte* at = bytes)
            _ = Libc.pwrite(_fd, at, Length, 0);
    }
}
