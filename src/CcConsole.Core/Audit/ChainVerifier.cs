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
    private byte[] _partial = [];
    private int _held;

    private ChainVerifier(ChainStart start, RememberedHead? remembered, ChainTrack track)
    {
        _state = new ChainState(start, remembered, track);
        _blocks = new BlockVerifier(remembered);
    }

    /// <summary>From a chain's first entry.</summary>
    /// <param name="remembered">What was known of the chain before, if anything.</param>
    /// <param name="mayBePruned">
    /// Whether the chain may begin at a later entry than its first, if one of its entries tells that the ones before were pruned. Its signatures are
    /// not looked at then: that entry comes after them (<see cref="Pruned"/> gives the start of a verification that does).
    /// </param>
    public static ChainVerifier Start(RememberedHead? remembered = null, bool mayBePruned = false) =>
        new(new ChainStart(default, 0, MayBePruned: mayBePruned), remembered, new ChainTrack(null, signatures: true, tree: true, remembered));

    /// <summary>From the entry after a known one: the result is then anchored in that. Signatures are not looked at, since no key is known.</summary>
    /// <param name="previous">Hash of the last known entry.</param>
    /// <param name="nextSeq">Sequence number that comes next: how many entries lie before.</param>
    public static ChainVerifier Start(Hash32 previous, long nextSeq)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nextSeq);
        return new ChainVerifier(new ChainStart(previous, nextSeq, Anchored: true), null, new ChainTrack(null, signatures: false, tree: false));
    }

    /// <summary>From where another verification had come to: anchored in that, its signatures held against the keys known there.</summary>
    public static ChainVerifier Start(KnownChain known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return new ChainVerifier(new ChainStart(known.Previous, known.NextSeq, Anchored: known.NextSeq > 0), null, new ChainTrack(known, signatures: true, tree: true));
    }

    /// <summary>Verifies a stream up to its end, on several processors. Memory grows by some 70 bytes with each key that it announces, and by nothing else.</summary>
    /// <param name="stream">The chain from its first entry. Read by several threads, one at a time.</param>
    /// <param name="remembered">What was known of the chain before, if anything.</param>
    /// <param name="workers">How many threads at most; by default as many as there are processors to use.</param>
    /// <param name="cancellation">Ends the verification early.</param>
    /// <exception cref="IOException">What the stream throws when it cannot be read.</exception>
    public static VerifyResult Verify(
        Stream stream, RememberedHead? remembered = null, int? workers = null, CancellationToken cancellation = default) =>
        Verify(stream, new VerifyOptions { Remembered = remembered, Workers = workers }, cancellation);

    /// <summary>Verifies a stream up to its end, on several processors. Memory grows by some 70 bytes with each key that it announces, and by nothing else.</summary>
    /// <param name="stream">
    /// The chain, from its first entry or from <see cref="VerifyOptions.Known"/> on. Read by several threads, one at a time; from its start
    /// again, if it can be, where only a later entry tells what to look for in the earlier ones.
    /// </param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the verification early.</param>
    /// <exception cref="IOException">What the stream throws when it cannot be read.</exception>
    /// <exception cref="ProblemException">The chain is signed, and the system has no OpenSSL to check that.</exception>
    public static VerifyResult Verify(Stream stream, VerifyOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        long? origin = stream.CanSeek ? stream.Position : null;
        var known = options.Known;
        var start = known is null
            ? new ChainStart(default, 0, MayBePruned: true)
            : new ChainStart(known.Previous, known.NextSeq, Anchored: known.NextSeq > 0);
        for (var pass = 0; ; pass++)
        {
            // In the first pass a chain whose first entries name no key is not taken for a signed one.
            var again = origin is not null && pass == 0;
            var track = new ChainTrack(known, signatures: true, tree: true, options.Remembered);
            var verification = new StreamVerification(stream, new ChainState(start, options.Remembered, track), options, again, cancellation);
            verification.Run();
            if (!verification.EndedEarly)
                return verification.Result();
            if (track.Pruned is { } pruned)
                (known, start) = (pruned, new ChainStart(pruned.Previous, pruned.NextSeq, Pruned: true));
            stream.Position = origin!.Value;
        }
    }

    /// <summary>Hash of the last verified entry; before the first, what the verification started from.</summary>
    public Hash32 Head => _state.Head;

    /// <summary>Sequence number that comes next.</summary>
    public long NextSeq => _state.NextSeq;

    /// <summary>Whether nothing bad has been seen yet. A line that is not complete yet has not been seen.</summary>
    public bool IsGood => _state.Bad is null;

    /// <summary>
    /// What is known after the last verified entry. To be kept with it: another verification goes on from there. Of a chain whose signatures are not looked at, it
    /// holds neither tree nor keys.
    /// </summary>
    public KnownChain Known => _state.Track.Known(Head, NextSeq);

    /// <summary>What a chain without its first entries says about where it begins, once the entry that tells of it was seen.</summary>
    public KnownChain? Pruned => _state.Track.Pruned;

    /// <summary>Whether all is good so far but that entries before the first one are missing, and none has told of that yet.</summary>
    public bool IsWaiting => IsGood && _state.Track.SeeksPrune;

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
        return _state.Result();
    }

    /// <param name="lines">Whole lines.</param>
    private void Lines(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var length = lines.Length <= BlockSize ? lines.Length : lines[..BlockSize].LastIndexOf((byte)'\n') + 1;
            if (length == 0)
                length = lines.IndexOf((byte)'\n') + 1;
            if (!IsGood || !_state.TryAdvance(_blocks.Verify(lines[..length], _state.Track.WantsLeaves), lines[..length], null))
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
