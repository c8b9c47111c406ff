using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Journal;

/// <summary>Reads the whole lines of one file that may still grow, from a place in it.</summary>
internal sealed unsafe class LineSource : IDisposable
{
    // Twice what any line of a journal has. What has no end by then is a torn one, of whatever size, and is not held in memory as a whole.
    private const int MostBytes = 2 * 1024 * 1024;

    private readonly string _path;
    private readonly int _fd;
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private long _position;

    /// <exception cref="ProblemException">The file cannot be opened.</exception>
    internal LineSource(string path, long position = 0)
    {
        _path = path;
        _fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        if (_fd < 0)
            throw new ProblemException($"{path} cannot be read: {Libc.ErrorText(Libc.LastError)}");
        _position = position;
    }

    /// <summary>Where the next line begins.</summary>
    internal long Offset => _position - (_end - _start);

    /// <summary>The next line with its LF, valid until the next call; empty when there is no whole line now.</summary>
    internal ReadOnlySpan<byte> Next()
    {
        var searched = _start;
        while (true)
        {
            var at = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _buffer.AsSpan(_start, searched + at + 1 - _start);
                _start = searched + at + 1;
                return line;
            }

            if (_end - _start >= MostBytes)
                return default;
            Shift();
            searched = _end;
            if (Fill() == 0)
                return default;
        }
    }

    /// <summary>What is left at the end of the file after its last whole line, or its start. Only after <see cref="Next"/> found none.</summary>
    internal ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    public void Dispose() => _ = Libc.close(_fd);

    private void Shift()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        else if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private int Fill()
    {
        nint count;
        fixed (byte* at = _buffer)
        {
            while ((count = Libc.pread(_fd, at + _end, (nuint)(_buffer.Length - _end), _position)) < 0 && Libc.LastError == Errno.Interrupted)
            {
            }
        }

        if (count < 0)
            throw new ProblemException($"{_path} cannot be read: {Libc.ErrorText(Libc.LastError)}");
        _end += (int)count;
        _position += count;
        return (int)count;
    }
}
