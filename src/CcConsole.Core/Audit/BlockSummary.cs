namespace CcConsole.Core.Audit;

/// <summary>What a run of whole lines says of itself, whoever checked it, before it is known where in the chain it lies.</summary>
internal readonly record struct BlockSummary
{
    /// <summary>Every line is an entry with its right hash, and each follows the one before. Else nothing else is meant.</summary>
    public bool Good { get; init; }

    public long Lines { get; init; }

    public long Bytes { get; init; }

    /// <summary>What the first line names as its predecessor.</summary>
    public Hash32 Previous { get; init; }

    public Hash32 First { get; init; }

    public Hash32 Head { get; init; }

    /// <summary>The sequence number that the first line has or, by those that follow, must have; null where no line has one.</summary>
    public long? SeqBase { get; init; }

    /// <summary>The value of <c>chain</c> in every line that has one, null where none has.</summary>
    public byte[]? Chain { get; init; }

    /// <summary>1-based position of the remembered hash, 0 when it is not here.</summary>
    public long RememberedAt { get; init; }

    /// <summary>The entries in it that say something about the chain itself.</summary>
    public MarkedLine[] Marks { get; init; }

    /// <summary>The clocks of its lines: up to the first start in it, from there to the next, and so on.</summary>
    public ClockSpan[] Clocks { get; init; }

    /// <summary>Its part of the chain's tree, where that was wanted.</summary>
    public BlockTree? Tree { get; init; }
}
