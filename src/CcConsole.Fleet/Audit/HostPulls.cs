using System.Collections.Concurrent;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// Pulls of the hosts' chains, one at a time for each host: the pull itself, what it is to be held against, the marks that it leaves on the host
/// and in the console's own chain.
/// </summary>
internal sealed class HostPulls(SessionPool sessions, CacheDatabase cache, FleetOptions options, OwnChain own, AuditSearch index, CopyArchiving archiving)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _pulling = new(StringComparer.Ordinal);
    private readonly DeepSchedule _schedule = new(options);

    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="deep">Whether every entry of the host is held against the copy in any case.</param>
    /// <param name="waits">Whether one that is due is waited for when others are at it; else it is left to a later pull.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<PullResult> RunAsync(string host, bool deep, bool waits, CancellationToken cancellation)
    {
        HostSession session = sessions.Get(host);
        HostConnection connection = await session.ConnectAsync(cancellation).ConfigureAwait(false);
        AgentSession agent = connection.RequireAgent("only an agent keeps a chain");
        string? key = (session.Shell as OpenSshShell)?.Key?.Fingerprint;
        SemaphoreSlim gate = _pulling.GetOrAdd(host, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            using DeepSchedule.Turn? turn = deep ? null : await _schedule.TakeAsync(cache.Chains.Head(host), waits, cancellation).ConfigureAwait(false);
            Witnesses witnesses = new(cache, options);
            AuditPull pull = new(cache, options, new AgentChain(agent, host, options.Time), host, key, deep || turn is not null, witnesses.Hear);
            PullResult result;
            try
            {
                result = await pull.RunAsync(cancellation).ConfigureAwait(false);
            }
            catch
            {
                // The entries heard until then are stored and are not heard again: what they contradict is kept, whoever ended the pull.
                witnesses.Keep();
                throw;
            }

            if (result.Added > 0)
            {
                index.AfterPull(host);
            }

            // A chain whose signatures are late was taken whole too.
            if (result is { Conflict: null, Head: { } head })
            {
                witnesses.Settle(head);
            }

            // What witnesses say does not keep a chain that is whole from being recorded as far as it was seen.
            bool isWhole = result.IsGood;
            result = With(result, witnesses.Keep());
            if (result.Head is { } taken && AuditStates.OfClones(cache, taken) is { } cloned)
            {
                result = result with { Message = Joined(result.Message, cloned) };
            }

            if (pull.HasCompared && result is { IsGood: true, Head: { } compared } && archiving.AfterComparison(compared) is { } left)
            {
                result = result with { Message = Joined(result.Message, left) };
            }

            return isWhole && result.Head is { } good && (pull.IsNotable || result.Added > 0)
                ? result with { Message = Joined(result.Message, own.Pulled(good), await MarkAsync(agent, good, pull.IsNotable, witnesses, cancellation).ConfigureAwait(false)) }
                : result;
        }
        finally
        {
            gate.Release();
        }
    }

    private PullResult With(PullResult result, IReadOnlyList<ChainConflict> found)
    {
        ChainConflict? of = result.Conflict is null ? found.FirstOrDefault(conflict => conflict.Host == result.Host) ?? (cache.Conflicts.Open(result.Host) is [.., var open] ? open : null) : null;
        PullResult told = of is null ? result : new PullEvidence(cache, result.Host).Result(of) with { Added = result.Added };
        return told with { Others = [.. found.Where(conflict => conflict.Host != result.Host)] };
    }

    /// <summary>Leaves in the host's chain that it was pulled, and what was seen of other hosts; a note when it could not.</summary>
    private async Task<string?> MarkAsync(AgentSession agent, ChainHead head, bool notable, Witnesses witnesses, CancellationToken cancellation)
    {
        if (!notable || options.ReadOnly)
        {
            return null;
        }

        try
        {
            await AppendAsync(agent, new AuditAppendParams(AuditEvents.ConsolePulled, options.Actor, options.Origin) { Seq = head.Seq, Hash = head.Hash }, cancellation).ConfigureAwait(false);
        }
        catch (AgentProblemException e)
        {
            return $"the pull is not recorded in the host's chain: {e.Message}";
        }

        IReadOnlyList<ChainHead> others = witnesses.ToLeave(head.Host);
        try
        {
            await Task.WhenAll(others.Select(async other =>
            {
                await AppendAsync(agent, new AuditAppendParams(AuditEvents.WitnessHead, options.Actor, options.Origin)
                {
                    Host = other.Host,
                    Chain = other.Chain,
                    Seq = other.Seq,
                    Hash = other.Hash,
                }, cancellation).ConfigureAwait(false);
                cache.Claims.Leave(head.Host, other, options.Time.GetUtcNow());
            })).ConfigureAwait(false);
            return null;
        }
        catch (AgentProblemException e)
        {
            return $"what was seen of other hosts is not recorded in the host's chain: {e.Message}";
        }
    }

    private static Task<AuditAppendResult> AppendAsync(AgentSession agent, AuditAppendParams entry, CancellationToken cancellation) => agent.RequestAsync(
        Methods.AuditAppend, entry, ProtocolJson.Default.AuditAppendParams, ProtocolJson.Default.AuditAppendResult, cancellation);

    private static string? Joined(params IEnumerable<string?> notes) => string.Join("; ", notes.Where(note => note is not null)) is { Length: > 0 } all ? all : null;
}
