using System.Runtime.ExceptionServices;

namespace CcConsole.Core.Audit;

/// <summary>
/// One verification of a stream on several threads. Each takes the next block of whole lines and checks it by itself,
/// without knowing where in the chain it lies; the blocks are then joined in their order. One that is not plainly good,
/// or does not follow on, is gone over again from the state that all before it left: so the finding does not depend on
/// how the work was divided.
/// </summary>
/// <param name="stream">The chain.</param>
/// <param name="state">Where the verification stands.</param>
/// <param name="options">How it is done.</param>
/// <param name="again">Whether the chain can be read once more, when an entry tells what was to be looked for in those before it.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class StreamVerification(Stream stream, ChainState state, VerifyOptions options, bool again, CancellationToken cancellation)
{
    /// <summary>A line's start that is longer is cut: it shows as too long all the same.</summary>
    private const int LongestRest = 2 * EntryLimits.MaxLineBytes;

    private const int BlocksPerWorker = 3;

    /// <summary>Progress is told each time so many bytes are done.</summary>
    private const long ProgressBytes = 8 << 20;

    private readonly Lock _reading = new();
    private readonly object _joining = new();
    private readonly Stack<Block> _free = [];
    private readonly Dictionary<long, Block> _ready = [];
    private readonly Queue<PendingSignature> _signatures = [];
    private readonly List<PendingSignature> _found = [];
    private readonly byte[] _rest = new byte[LongestRest + 1];
    private int _restLength;
    private long _blocksRead;
    private long _blocksJoined;
    private volatile bool _ended;
    private volatile bool _bad;
    private volatile bool _leaves = state.Track.WantsLeaves;
    private ExceptionDispatchInfo? _failure;
    private long _told;

    /// <summary>Whether the chain is to be read once more; nothing was found then.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>Whether an entry told what was to be known at the first, so that the chain is to be read once more.</summary>
    private bool IsKnownLater => again && (state.Track.MissesTree || state.Track.Pruned is not null);

    /// <summary>The finding over all that was read.</summary>
    public VerifyResult Result() => state.Result();

    public void Run()
    {
        var workers = options.Workers ?? Environment.ProcessorCount;
        AddBlocks();
        var own = new BlockVerifier(options.Remembered);
        List<Thread> threads = [];
        // A short chain is done with its first block: no thread is worth its start.
        var more = Step(own);
        if (again && !state.Track.HasKey)
        {
            state.Track.DropTree();
            _leaves = false;
        }
        if (more && !_ended)
        {
            for (var i = 1; i < workers; i++)
            {
                AddBlocks();
                threads.Add(new Thread(Work) { IsBackground = true, Name = "audit verify" });
                threads[^1].Start();
            }
        }
        Work(own);
        foreach (var thread in threads)
            thread.Join();
        _failure?.Throw();
        if (EndedEarly)
            return;
        CheckSignatures();
        if (_restLength > 0)
        {
            _rest[_restLength] = (byte)'\n';
            state.Line(_rest.AsSpan(0, _restLength + 1), terminated: false);
            EndedEarly = IsKnownLater;
        }
    }

    private void Work() => Work(new BlockVerifier(options.Remembered));

    private void Work(BlockVerifier verifier)
    {
        try
        {
            do
            {
                CheckSignatures();
            }
            while (Step(verifier));
            CheckSignatures();
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown again by the thread that asked for the verification.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_joining)
            {
                _failure ??= ExceptionDispatchInfo.Capture(e);
                _ended = true;
                Monitor.PulseAll(_joining);
            }
        }
    }

    /// <summary>One block, from reading to joining; false when there is none left.</summary>
    private bool Step(BlockVerifier verifier)
    {
        if (Take() is not { } block)
            return false;
        if (!Read(block))
            return false;
        // After the first bad line the rest is only counted.
        block.Summary = _bad ? default : verifier.Verify(block.Lines, _leaves);
        Join(block);
        return true;
    }

    private void AddBlocks()
    {
        lock (_joining)
        {
            for (var i = 0; i < BlocksPerWorker; i++)
                _free.Push(new Block());
        }
    }

    private Block? Take()
    {
        lock (_joining)
        {
            while (_free.Count == 0 && _failure is null)
                Monitor.Wait(_joining);
            return _failure is null ? _free.Pop() : null;
        }
    }

    /// <summary>The line begun before, and what comes next, up to the last line feed in it.</summary>
    private bool Read(Block block)
    {
        lock (_reading)
        {
            if (_ended)
                return false;
            var bytes = block.Bytes;
            _rest.AsSpan(0, _restLength).CopyTo(bytes);
            var filled = _restLength;
            block.Length = 0;
            while (block.Length == 0 && !_ended)
            {
                cancellation.ThrowIfCancellationRequested();
                filled = Math.Min(filled, LongestRest);
                var read = Fill(bytes.AsSpan(filled, ChainVerifier.BlockSize));
                block.Length = bytes.AsSpan(filled, read).LastIndexOf((byte)'\n') is var feed and >= 0 ? filled + feed + 1 : 0;
                filled += read;
            }
            _restLength = Math.Min(filled - block.Length, LongestRest);
            bytes.AsSpan(block.Length, _restLength).CopyTo(_rest);
            if (block.Length == 0)
                return false;
            block.Index = _blocksRead++;
            return true;
        }
    }

    /// <summary>Reads until the room is full or the stream ends: a pipe gives little at a time.</summary>
    private int Fill(Span<byte> room)
    {
        var filled = 0;
        while (filled < room.Length)
        {
            var read = stream.Read(room[filled..]);
            if (read == 0)
            {
                _ended = true;
                break;
            }
            filled += read;
        }
        return filled;
    }

    /// <summary>Joins this block and those that waited for it.</summary>
    private void Join(Block block)
    {
        lock (_joining)
        {
            _ready.Add(block.Index, block);
            while (_ready.Remove(_blocksJoined, out var next))
            {
                if (!EndedEarly)
                    Advance(next);
                _blocksJoined++;
                _free.Push(next);
            }
            Monitor.PulseAll(_joining);
        }
    }

    private void Advance(Block block)
    {
        if (!state.TryAdvance(block.Summary, block.Lines, _found))
        {
            state.Lines(block.Lines);
            _bad = state.Bad is not null;
        }
        _found.ForEach(_signatures.Enqueue);
        _found.Clear();
        if (IsKnownLater)
            EndedEarly = _ended = true;
        if (options.Progress is { } progress && state.VerifiedBytes - _told >= ProgressBytes)
        {
            _told = state.VerifiedBytes;
            progress.Report(new VerifyProgress(state.Entries, state.VerifiedBytes));
        }
    }

    /// <summary>Checks what is waiting: a signature takes as long as hundreds of entries, and nothing that follows depends on it.</summary>
    private void CheckSignatures()
    {
        while (true)
        {
            PendingSignature next;
            lock (_joining)
            {
                if (!_signatures.TryDequeue(out next))
                    return;
            }
            if (next.Check.Holds())
                continue;
            lock (_joining)
                state.Fail(next);
        }
    }

    private sealed class Block
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(LongestRest + ChainVerifier.BlockSize);

        public int Length { get; set; }

        public long Index { get; set; }

        public BlockSummary Summary { get; set; }

        public ReadOnlySpan<byte> Lines => Bytes.AsSpan(0, Length);
    }
}
