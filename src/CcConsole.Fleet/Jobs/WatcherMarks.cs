using System.Globalization;
using System.Text;

namespace CcConsole.Fleet.Jobs;

/// <summary>Takes the watcher's own lines out of a run's standard error: that the command was started, and how it ended.</summary>
/// <param name="mark">What the lines begin with.</param>
internal sealed class WatcherMarks(string mark)
{
    private const int LongestRest = 32;

    private readonly byte[] _mark = Encoding.ASCII.GetBytes(mark);
    private byte[] _held = [];

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the command has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the command was started.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>How it ended; null before.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Gives what of these bytes, and of those held back before, is the command's. What may be the start of a mark is held back.</summary>
    public byte[] Take(ReadOnlySpan<byte> more)
    {
        byte[] all = [.. _held, .. more];
        List<byte> passed = [];
        ReadOnlySpan<byte> left = all;
        _held = [];
        while (true)
        {
            int at = left.IndexOf(_mark);
            if (at < 0)
            {
                int held = Overlap(left);
                passed.AddRange(left[..^held]);
                _held = left[^held..].ToArray();
                return [.. passed];
            }

            passed.AddRange(left[..at]);
            ReadOnlySpan<byte> line = left[(at + _mark.Length)..];
            int end = line.IndexOf((byte)'\n');
            if (end < 0 && line.Length <= LongestRest)
            {
                _held = left[at..].ToArray();
                return [.. passed];
            }

            if (end is < 0 or > LongestRest || !Read(line[..end]))
            {
                // Not one of ours, though it begins like one.
                passed.AddRange(_mark);
                left = line;
                continue;
            }

            left = line[(end + 1)..];
        }
    }

    /// <summary>What is held back when no more comes.</summary>
    public byte[] Rest()
    {
        byte[] rest = _held;
        _held = [];
        return rest;
    }

    private bool Read(ReadOnlySpan<byte> rest)
    {
        string[] words = Encoding.Latin1.GetString(rest).Split(' ');
        if (words is not ["", "start" or "exit", _] || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        if (words[1] == "start")
        {
            HasStarted = true;
        }
        else
        {
            ExitCode = number;
            _ended.TrySetResult();
        }

        return true;
    }

    private int Overlap(ReadOnlySpan<byte> text)
    {
        for (int length = Math.Min(_mark.Length - 1, text.Length); length > 0; length--)
        {
            if (text.EndsWith(_mark.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
