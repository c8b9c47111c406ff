using System.Runtime.CompilerServices;
using CcConsole.Core.Protocol;
using CcConsole.Store.Chains;
using CcConsole.Store.OwnChain;

namespace CcConsole.Fleet.Audit;

/// <summary>The console's own chain as its files have it: held in the cache as a host's is, so that every way of looking at a chain serves it too.</summary>
internal sealed class OwnChainSource(OwnChainFile own) : IChainSource
{
    public Task<ChainStream> OpenAsync(long after, CancellationToken cancellation)
    {
        byte[]? held = null;
        foreach (ChainLine line in after < 0 ? [] : own.Lines(after - 1))
        {
            held = line.Seq == after ? [.. line.Bytes.Span, (byte)'\n'] : null;
            break;
        }

        return Task.FromResult(new ChainStream(held, LinesAsync(after, cancellation)));
    }

    private async IAsyncEnumerable<AuditLines> LinesAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using MemoryStream piece = new();
        (long first, int count) = (after + 1, 0);
        foreach (ChainLine line in own.Lines(after))
        {
            cancellation.ThrowIfCancellationRequested();
            piece.Write(line.Bytes.Span);
            piece.WriteByte((byte)'\n');
            count++;
            if (piece.Length >= RpcLimits.AuditBatchBytes)
            {
                yield return new AuditLines(0, first, count, piece.ToArray());
                (first, count) = (first + count, 0);
                piece.SetLength(0);
            }
        }

        if (count > 0)
        {
            yield return new AuditLines(0, first, count, piece.ToArray());
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
