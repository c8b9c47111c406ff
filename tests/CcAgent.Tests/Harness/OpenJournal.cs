using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CcAgent.Journal;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Tests.Harness;

/// <summary>A chain's writer in this process, for faults that cannot be had from outside.</summary>
internal static class OpenJournal
{
    internal static ChainJournal In(SecureFolder folder, TimeProvider? time = null, AuditSettings? settings = null) =>
        ChainJournal.Open(AgentPlaces.For(folder.Path), time ?? TimeProvider.System, AuditSeal.For(false), settings ?? new AuditSettings());

    internal static Recorder RecorderIn(SecureFolder folder, AgentSettings settings) =>
        new(AgentPlaces.For(folder.Path), TimeProvider.System, AuditSeal.For(false), settings);

    /// <summary>The next write fails (EBADF) and what follows it does not.</summary>
    internal static void FailOnce(ChainJournal journal) => File(Segment(journal)).Dispose();

    /// <inheritdoc cref="FailOnce(ChainJournal)"/>
    internal static void FailOnce(Recorder recorder) => FailOnce(Chain(recorder));

    /// <summary>The system's library cannot sign any more: it has but the public half of the key in force. The key that it had is given back.</summary>
    internal static ECDsa Blind(ChainJournal journal)
    {
        ref var key = ref Ecdsa(Key(Ratchet(Signer(journal)))!);
        var before = key;
        key = ECDsa.Create(before.ExportParameters(false));
        return before;
    }

    /// <summary>It can again.</summary>
    internal static void Restore(ChainJournal journal, ECDsa key)
    {
        ref var blind = ref Ecdsa(Key(Ratchet(Signer(journal)))!);
        blind.Dispose();
        blind = key;
    }

    /// <summary>A failure is tried again only after some seconds: as if they had passed.</summary>
    internal static void Wait(ChainJournal journal) => Last(Ratchet(Signer(journal))) = 0;

    /// <summary>Returns when nothing is done beside the writer.</summary>
    internal static void Finish(ChainJournal journal) => Ratchet(Signer(journal)).Finish();

    /// <summary>The thread that does, or did last, what is done beside the writer; null for none.</summary>
    internal static Thread? Work(ChainJournal journal) => Work(Ratchet(Signer(journal)));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_segment")]
    private static extern ref CurrentSegment Segment(ChainJournal journal);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_file")]
    private static extern ref AppendFile File(CurrentSegment segment);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_signer")]
    private static extern ref ChainSigner Signer(ChainJournal journal);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ratchet")]
    private static extern ref Ratchet Ratchet(ChainSigner signer);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_last")]
    private static extern ref long Last(Ratchet ratchet);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_work")]
    private static extern ref Thread? Work(Ratchet ratchet);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_key")]
    private static extern ref SigningKey? Key(Ratchet ratchet);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ecdsa")]
    private static extern ref ECDsa Ecdsa(SigningKey key);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_chain")]
    private static extern ref ChainJournal Chain(Recorder recorder);
}
