using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>What proves an entry, in sentences: at once what the remembered head says of it, and after it was asked for, the checkpoint that covers it.</summary>
internal sealed class AuditStatements(Shell shell, Action changed)
{
    // By the hash too: a number may name another entry of another copy later.
    private readonly Dictionary<(AuditKey Key, string Hash), IReadOnlyList<string>> _proved = [];

    /// <summary>What is known of an entry.</summary>
    public IReadOnlyList<string> Of(AuditLine line, IReadOnlyList<ChainHead> heads, CopyVerification? found)
    {
        List<string> said = [.. Contradicted(found, line.Row.Seq)];
        if (_proved.TryGetValue((line.Key, line.Row.Hash), out var proved))
            said.AddRange(proved);
        else if (heads.FirstOrDefault(head => head.Host == line.Key.Host) is { } head)
            said.Add(FromHead(head, line.Row.Seq));
        return said;
    }

    /// <summary>Proves an entry of its own: reads the copy up to the checkpoint that covers it.</summary>
    public void Start(AuditLine line) => shell.Operations.Start(string.Create(CultureInfo.InvariantCulture, $"{line.Key.Host}: proving #{line.Key.Seq}"), async stop =>
    {
        var proof = await Task.Run(() => shell.Fleet.Audit.Evidence.Prove(line.Key.Host, line.Row, stop), stop);
        _proved[(line.Key, line.Row.Hash)] = Sentences(proof);
        changed();
        shell.Application.Invalidate();
    });

    // As the row's mark and x say it: a signature stands whatever the host gives later, and of what none covers the copy is one word against another.
    private static IEnumerable<string> Contradicted(CopyVerification? found, long seq)
    {
        if (found?.Conflict is not { IsOfEntries: true } conflict || seq < conflict.Seq)
            yield break;
        yield return seq == conflict.Seq ? $"Contradicted: {DetailText.OneLine(conflict.Message)}." : Text($"The copy is contradicted from #{conflict.Seq} on.");
        if (!AuditLink.IsSigned(found, seq))
            yield return "Which of the two is true, neither can show.";
    }

    private static string FromHead(ChainHead head, long seq) => head switch
    {
        { CheckpointSeq: null } => "No checkpoint signs this chain: this copy alone holds the entry, from the pull on that brought it.",
        { CheckpointSeq: var signed } when seq == signed => "The last checkpoint: it signs what is before it, and itself the next one signs.",
        { CheckpointSeq: var signed } when seq > signed => Text($"After the last signed checkpoint (#{signed}): this copy alone holds it, from the pull on that brought it."),
        { SignedSince: { } since } when seq < since => Text($"Written before the chain was signed (#{since}); the checkpoints after it cover it as it was then."),
        _ => Text($"Under the signed checkpoints up to #{head.CheckpointSeq}; o proves it."),
    };

    private static List<string> Sentences(EntryProof proof)
    {
        List<string> said = [];
        if (!proof.Line.Verdict.IsGood())
            said.Add($"The entry itself is broken: {proof.Line.Message}.");
        if (proof.Finding is { } finding)
            said.Add($"The chain's signatures cannot be used from there on: {finding}.");
        if (proof.Checkpoint is not { } checkpoint)
        {
            said.Add(proof.IsLastCheckpoint ? Text($"The last checkpoint: its signature over #0-#{proof.Row.Seq - 1} was verified now. The rest of its own line, such as its time, the next one signs; until then this copy alone holds it.")
                : proof.IsSigned || proof.Finding is not null ? "No usable checkpoint covers it: this copy alone holds it." : "Nothing in this chain is signed: this copy alone holds it.");
            return said;
        }
        said.Add(Text($"Proven by the checkpoint #{checkpoint.Row.Seq}{(checkpoint.Row.Time is { } time ? $" of {TimeText.Full(time)}" : "")}: it signs the entries #0-#{checkpoint.Size - 1} with the root {checkpoint.Root}."));
        said.Add(Text($"Signed by the key {checkpoint.Key.Id:x8}, announced in #{checkpoint.Announced}{(checkpoint.WholeRatchet ? "; every key since the chain's first announces the next" : "")}."));
        said.Add(Text($"{checkpoint.Path.Path.Count} hashes lead from the entry to that root. Who took over the host after that signature, and had no earlier key, cannot have changed it; what it says is what the agent saw. x says what that rests on."));
        return said;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
