using System.IO.Pipelines;

namespace CcConsole.Ssh;

/// <summary>
/// Keeps the last bytes of standard error, and takes one line of ours out of it: the mark that a command has been
/// started on the host, with its process number (see <see cref="RemoteCommand"/>).
/// </summary>
/// <param name="limit">Bytes kept.</param>
/// <param name="mark">What our line starts with; null when none is expected.</param>
/// <param name="live">Whether what follows that line is handed over as it comes instead.</param>
internal sealed class ErrorTail(int limit, byte[]? mark, bool live = false)
{
    private const int LongestMarkLine = 64;

    private readonly Lock _lock = new();
    private readonly Pipe? _live = live ? new Pipe() : null;
    private Stream? _liveStream;
    private readonly TaskCompletionSource<int> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _bytes = new byte[256];
    private int _length;
    private int _afterMark;
    private bool _cut;
    private long _taken;

    /// <summary>The process number on the host, once the command has been started; cancelled when that never happened.</summary>
    internal Task<int> Started => _started.Task;

    internal bool HasStarted => _started.Task.IsCompletedSuccessfully;

    /// <summary>What comes after the mark; null unless asked for. While nobody reads it, no more is read from the process.</summary>
    internal Stream? Live => _liveStream ??= _live?.Reader.AsStream();

    internal bool Cut
    {
        get
        {
            lock (_lock)
                return _cut;
        }
    }

    /// <summary>How many bytes have come.</summary>
    internal long Taken => Interlocked.Read(ref _taken);

    internal byte[] ToArray()
    {
        lock (_lock)
            return _bytes.AsSpan(Math.Max(0, _length - limit), Math.Min(limit, _length)).ToArray();
    }

    /// <summary>Reads until the end of the stream; a stream that breaks counts as ended.</summary>
    internal async Task ReadAsync(Stream stream)
    {
        byte[] buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                if (_live is null)
                    Append(buffer.AsSpan(0, count));
                else
                    await PassAsync(_live.Writer, buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was ended from our side: what it had written is what there is.
        }
        _started.TrySetCanceled();
        if (_live is not null)
            await _live.Writer.CompleteAsync().ConfigureAwait(false);
    }

    private async ValueTask PassAsync(PipeWriter writer, ReadOnlyMemory<byte> more)
    {
        if (mark is not null && !HasStarted)
        {
            Append(more.Span);
            if (!HasStarted)
                return;
            more = TakeAfterMark();
        }
        if (!more.IsEmpty)
            await writer.WriteAsync(more).ConfigureAwait(false);
    }

    private byte[] TakeAfterMark()
    {
        lock (_lock)
        {
            byte[] after = _bytes.AsSpan(_afterMark, _length - _afterMark).ToArray();
            _length = _afterMark;
            return after;
        }
    }

    internal void Append(ReadOnlySpan<byte> more)
    {
        lock (_lock)
        {
            if (_length + more.Length > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more.Length));
            more.CopyTo(_bytes.AsSpan(_length));
            _length += more.Length;
            _taken += more.Length;
            if (mark is not null && !_started.Task.IsCompleted)
                TakeMark(mark);
            // An unfinished line of ours at the end must survive the cut.
            int keep = limit + LongestMarkLine;
            if (_length > 2 * keep)
            {
                _bytes.AsSpan(_length - keep, keep).CopyTo(_bytes);
                _afterMark = Math.Max(0, _afterMark - (_length - keep));
                _length = keep;
                _cut = true;
            }
            else if (_length > limit)
            {
                _cut = true;
            }
        }
    }

    private void TakeMark(byte[] line)
    {
        Span<byte> text = _bytes.AsSpan(0, _length);
        int start = text.IndexOf(line);
        if (start < 0)
            return;
        int digits = start + line.Length;
        int end = text[digits..].IndexOf((byte)'\n');
        if (end < 0 || !int.TryParse(text.Slice(digits, end), out int process))
            return;
        int after = digits + end + 1;
        text[after..].CopyTo(text[start..]);
        _length -= after - start;
        _afterMark = start;
        _started.TrySetResult(process);
    }
}
