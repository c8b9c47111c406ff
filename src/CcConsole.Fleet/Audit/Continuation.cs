using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>From where a verification goes on behind a copy: the tree over all entries and the keys in force are remembered with the head.</summary>
internal static class Continuation
{
    private const int ReadAtOnce = 256 * 1024;

    /// <summary>
    /// A verifier that has come to a copy's end. Where what is known there was not remembered (a cache of an older console), or does not fit the
    /// head, the copy is verified from its first entry, which finds it anew.
    /// </summary>
    /// <param name="cache">The cache.</param>
    /// <param name="head">The copy.</param>
    /// <param name="bad">What the copy itself was found to be, when it is not whole.</param>
    public static ChainVerifier? Behind(CacheDatabase cache, ChainHead head, out VerifyResult? bad)
    {
        bad = null;
        if ((Remembered(head) ?? Find(cache, head, out bad)) is { } known)
        {
            return ChainVerifier.Start(known);
        }

        // A first pull that broke off before the entry came which tells of those that are gone: it is waited for still.
        ChainVerifier waiting = ChainVerifier.Start(mayBePruned: head.First > 0);
        Run(cache, head, waiting);
        return waiting.IsWaiting && waiting.NextSeq == head.Seq + 1 ? waiting : null;
    }

    /// <summary>Verifies a copy from its first entry on.</summary>
    public static KnownChain? Find(CacheDatabase cache, ChainHead head, out VerifyResult? bad)
    {
        ChainVerifier verifier = ChainVerifier.Start(mayBePruned: head.First > 0);
        Run(cache, head, verifier);
        // Of a chain that begins later only an entry further on tells by which keys it is signed.
        if (verifier.Pruned is { } start)
        {
            verifier = ChainVerifier.Start(start);
            Run(cache, head, verifier);
        }

        VerifyResult result = verifier.Finish();
        bad = result.Verdict.IsWhole() && verifier.NextSeq == head.Seq + 1 ? null : result;
        return bad is null ? verifier.Known : null;
    }

    /// <summary>What the head itself remembers; null where it remembers nothing that fits it.</summary>
    public static KnownChain? Remembered(ChainHead head)
    {
        if (head.Continuation is not { } text)
        {
            return null;
        }

        try
        {
            KnownChain known = KnownChain.Parse(text);
            // Of a chain that begins later, nothing is known before the entry has come that tells of its tree and keys.
            return known.NextSeq == head.Seq + 1 && known.Previous.ToString() == head.Hash && (head.First == 0 || known.HasTree) ? known : null;
        }
        catch (ProblemException)
        {
            // Said by its message: verifying the copy finds it anew.
            return null;
        }
    }

    private static void Run(CacheDatabase cache, ChainHead head, ChainVerifier verifier)
    {
        using Stream copy = cache.Chains.OpenRead(head);
        byte[] buffer = new byte[ReadAtOnce];
        for (int read; (read = copy.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            verifier.Append(buffer.AsSpan(0, read));
        }
    }
}
