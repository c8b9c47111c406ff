using System.Globalization;

namespace CcConsole.Verbs.Audit.Verify;

/// <summary>
/// How far a long verification is, on one line of standard error that goes when it is done; nothing where that is no terminal, and
/// nothing for what is done within half a second. It is a stream between the chain and its verification, which reads it by one thread at a time.
/// </summary>
/// <param name="chain">The chain.</param>
/// <param name="bytes">How long it is; null when not known.</param>
/// <param name="name">What is verified, fit for the terminal.</param>
/// <param name="terminal">Standard error where it is a terminal; null where it is none.</param>
/// <param name="time">The clock.</param>
/// <param name="newest">Told of all that is read; null where nobody asks for the newest entry.</param>
internal sealed class ReadProgress(Stream chain, long? bytes, string name, TextWriter? terminal, TimeProvider time, NewestEntry? newest = null) : Stream
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(0.5);

    private readonly long _start = time.GetTimestamp();
    private long _told = time.GetTimestamp();
    private long _read, _lines;
    private bool _shown;

    public override bool CanRead => true;

    public override bool CanSeek => chain.CanSeek;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => chain.Position;
        set
        {
            chain.Position = value;
            (_read, _lines) = (0, 0);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int read = chain.Read(buffer);
        newest?.Saw(buffer[..read]);
        if (terminal is null) return read;
        _read += read;
        _lines += buffer[..read].Count((byte)'\n');
        if (read == 0) Clear();
        else if (time.GetElapsedTime(_told) >= Every) Tell();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_shown) terminal!.Write("\r\e[K");
        _shown = false;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Clear();
        base.Dispose(disposing);
    }

    private void Tell()
    {
        _told = time.GetTimestamp();
        _shown = true;
        terminal!.Write($"\r{Words(name, _lines, _read, bytes, time.GetElapsedTime(_start))}\e[K");
    }

    /// <summary>The line: <c>web01.jsonl: 45 %, 1234567 entries, 2469134 entries/s, 2 s left</c>.</summary>
    internal static string Words(string name, long lines, long read, long? bytes, TimeSpan taken)
    {
        double seconds = Math.Max(taken.TotalSeconds, 0.001);
        string words = string.Create(CultureInfo.InvariantCulture, $"{lines} entries, {lines / seconds:0} entries/s");
        if (bytes is not ({ } all and > 0) || read <= 0) return $"{name}: {words}";
        double left = Math.Max(0, all - read) / (read / seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {Math.Min(100, 100.0 * read / all):0} %, {words}, {Math.Ceiling(left):0} s left");
    }
}
