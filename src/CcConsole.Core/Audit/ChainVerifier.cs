namespace CcConsole.Core.Audit;

/// <summary>
/// Verifies a chain that comes in pieces, cut anywhere: a file that is read, or what a console pulls to continue the copy
/// it holds. Does no I/O. Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// OK here means that the public ten-line Python verifier says OK too. The reverse holds but for what is refused on
/// purpose: spellings that Python reads but does not write, names that occur twice, NaN, lines and nesting beyond
/// <see cref="EntryLimits"/>, an entry of another chain.
/// </remarks>
public sealed class ChainVerifier
{
    /// <summary>So much is scanned, then hashed: it stays in the processor's cache between the two.</summary>
    internal const int BlockSize = 256 * 1024;

    private readonly ChainState _state;
    private readonly BlockVerifier _blocks;
    private readonly bool _anchored;
    private byte[] _partial = [];
    private int _held;

    private ChainVerifier(Hash32 previous, long nextSeq, RememberedHead? remembered, bool anchored)
    {
        _state = new ChainState(previous, nextSeq, remembered);
        _blocks = new BlockVerifier(remembered);
        _anchored = anchored;
    }

    /// <summary>From a chain's first entry.</summary>
    /// <param name="remembered">What was known of the chain before, if anything.</param>
    public static ChainVerifier Start(RememberedHead? remembered = null) => new(default, 0, remembered, anchored: false);

    /// <summary>From the entry after a known one: the result is then anchored in that.</summary>
    /// <param name="previous">Hash of the last known entry.</param>
    /// <param name="nextSeq">Sequence number that comes next: how many entries lie before.</param>
    public static ChainVerifier Start(Hash32 previous, long nextSeq)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nextSeq);
        return new ChainVerifier(previous, nextSeq, null, anchored: true);
    }

    /// <summary>Verifies a stream up to its end, on several processors. Memory does not grow with its length.</summary>
    /// <param name="stream">The chain from its first entry. Read by several threads, one at a time.</param>
    /// <param name="remembered">What was known of the chain before, if anything.</param>
    /// <param name="workers">How many threads at most; by default as many as there are processors to use.</param>
    /// <param name="cancellation">Ends the verification early.</param>
    /// <exception cref="IOException">What the stream throws when it cannot be read.</exception>
    public static VerifyResult Verify(
        Stream stream, RememberedHead? remembered = null, int? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new StreamVerification(stream, remembered, cancellation).Run(workers ?? Environment.ProcessorCount);
    }

    /// <summary>Hash of the last verified entry; before the first, what the verification started from.</summary>
    public Hash32 Head => _state.Head;

    /// <summary>Sequence number that comes next.</summary>
    public long NextSeq => _state.NextSeq;

    /// <summary>Whether nothing bad has been seen yet. A line that is not complete yet has not been seen.</summary>
    public bool IsGood => _state.Bad is null;

    /// <summary>Bytes of the verified lines, line feeds included: so much of what was appended may be kept.</summary>
    public long VerifiedBytes => _state.VerifiedBytes;

    /// <summary>Takes the next bytes. After the first bad line, lines are only counted.</summary>
    /// <returns><see cref="IsGood"/>.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_held > 0)
        {
            var feed = bytes.IndexOf((byte)'\n');
            Hold(bytes[..(feed < 0 ? bytes.Length : feed + 1)]);
            if (feed < 0)
                return IsGood;
            _state.Line(_partial.AsSpan(0, _held), terminated: true);
            _held = 0;
            bytes = bytes[(feed + 1)..];
        }
        var whole = bytes.LastIndexOf((byte)'\n') + 1;
        Lines(bytes[..whole]);
        Hold(bytes[whole..]);
        return IsGood;
    }

    /// <summary>Ends the chain here and says what was found. Bytes after the last line feed are taken as its last line.</summary>
    public VerifyResult Finish()
    {
        if (_held > 0)
        {
            Hold("\n"u8);
            _state.Line(_partial.AsSpan(0, _held), terminated: false);
            _held = 0;
        }
        return _state.Result(_anchored);
    }

    /// <param name="lines">Whole lines.</param>
    private void Lines(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var length = lines.Length <= BlockSize ? lines.Length : lines[..BlockSize].LastIndexOf((byte)'\n') + 1;
            if (length == 0)
                length = lines.IndexOf((byte)'\n') + 1;
            if (!IsGood || !_state.TryAdvance(_blocks.Verify(lines[..length])))
                _state.Lines(lines[..length]);
            lines = lines[length..];
        }
    }

    /// <summary>
    /// Keeps the start of a line. Of one that is too long only so much that this shows: a file of zeros does not fill the memory.
    /// </summary>
    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_held + bytes.Length > EntryLimits.MaxLineBytes + 2)
        {
            var feed = bytes.EndsWith("\n"u8);
            bytes = bytes[..Math.Max(0, EntryLimits.MaxLineBytes + 1 - _held)];
            if (feed)
            {
                _held = Math.Min(_held, EntryLimits.MaxLineBytes + 1);
                Keep(bytes);
                bytes = "\n"u8;
            }
        }
        Keep(bytes);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_partial.Length < _held + bytes.Length)
            Array.Resize(ref _partial, Math.Max(4096, (_held + bytes.Length) * 2));
        bytes.CopyTo(_partial.AsSpan(_held));
        _held += bytes.Length;
    }
}
