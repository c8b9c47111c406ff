using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CcConsole.Core;
using CcConsole.Store;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>One application of a plan that is in the journal: what was applied is passed over, the rest is settled and tried, some at once.</summary>
internal sealed class FleetPlanRun(ChangeOperations changes, CacheDatabase cache, BatchRecord batch, IReadOnlyList<ChangePlan> plans)
{
    private readonly Channel<FleetPlanResult> _results = Channel.CreateUnbounded<FleetPlanResult>();
    private List<BatchMember> _open = [];
    private int _next = -1;
    private volatile bool _stopped;

    public async IAsyncEnumerable<FleetPlanResult> RunAsync(FleetPlanOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _open = [.. batch.Members.Where(member => member.State != MemberState.Applied)];
        Task workers = WorkAsync(options, cancellation);
        try
        {
            // Not by the token: what is under way when it is cancelled is carried through, and its result is told.
            await foreach (FleetPlanResult result in _results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }

            for (int i = Interlocked.Increment(ref _next); i < _open.Count; i = Interlocked.Increment(ref _next))
            {
                yield return Of(_open[i], _open[i].State);
            }
        }
        finally
        {
            _stopped = true;
            await workers.ConfigureAwait(false);
        }
    }

    private async Task WorkAsync(FleetPlanOptions options, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(options.Parallelism, _open.Count)).Select(_ => Task.Run(() => WorkAsync(options.ContinueOnFailure, cancellation), CancellationToken.None)))
                .ConfigureAwait(false);
            _results.Writer.Complete();
        }
        catch (Exception e)
        {
            // The cache: nothing more can be noted, so nothing more is sent.
            _results.Writer.Complete(e);
        }
    }

    private async Task WorkAsync(bool continues, CancellationToken cancellation)
    {
        while (!_stopped && !cancellation.IsCancellationRequested)
        {
            int at = Interlocked.Increment(ref _next);
            if (at >= _open.Count)
            {
                return;
            }

            try
            {
                FleetPlanResult result = await TryAsync(_open[at], cancellation).ConfigureAwait(false);
                _stopped |= result.IsFailure && !continues;
                _results.Writer.TryWrite(result);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Cancelled while the host was connected to: nothing was sent.
                _results.Writer.TryWrite(Of(_open[at], _open[at].State));
            }
            catch
            {
                _stopped = true;
                throw;
            }
        }
    }

    private async Task<FleetPlanResult> TryAsync(BatchMember member, CancellationToken cancellation)
    {
        bool claiming = false;
        try
        {
            if (member.State is MemberState.Interrupted or MemberState.Running && await SettleAsync(member, cancellation).ConfigureAwait(false) is { } settled)
            {
                return settled;
            }

            ChangeRecord? begun = null;
            ChangeResult? result = await changes.ApplyAsync(plans[member.Position], change =>
            {
                claiming = true;
                return begun = cache.Changes.BeginMember(change with { Batch = batch.Id, Member = member.Position });
            }, cancellation).ConfigureAwait(false);
            return result is null ? Elsewhere(member) : Of(member, StateOf(result)) with
            {
                Result = result,
                Number = begun!.Id,
                Message = result.Message,
                Hint = result.Hint,
            };
        }
        catch (ProblemException e) when (!claiming)
        {
            cache.Batches.NotReached(batch.Id, member.Position, e.Message);
            MemberState state = member.State is MemberState.Interrupted ? member.State : MemberState.NotReached;
            return Of(member, state) with { Message = e.Message, Hint = e.Hint.Length > 0 ? e.Hint : null };
        }
    }

    /// <summary>What an earlier attempt came to, where that is the end of it; null when the member can be tried again.</summary>
    private async Task<FleetPlanResult?> SettleAsync(BatchMember member, CancellationToken cancellation)
    {
        ChangeRecord last = await changes.SettleAsync(member.Change.Id, cancellation).ConfigureAwait(false);
        return last switch
        {
            { IsRunning: true } => Elsewhere(member),
            { Outcome: ChangeOutcome.Applied } => Of(member, MemberState.Applied) with { Message = last.Message },
            _ => null,
        };
    }

    /// <summary>Another console was quicker.</summary>
    private FleetPlanResult Elsewhere(BatchMember member)
    {
        BatchMember now = cache.Batches.Find(batch.Id)!.Members[member.Position];
        return Of(now, now.State) with
        {
            Message = now.State switch
            {
                MemberState.Applied => "another console has applied it meanwhile",
                MemberState.Running => "another console is at it",
                _ => now.Change.Message ?? "another console was at it",
            }
        };
    }

    private FleetPlanResult Of(BatchMember member, MemberState state) => new()
    {
        Plan = batch.Id,
        Position = member.Position,
        Change = plans[member.Position],
        State = state,
        Number = member.Change.Id > 0 ? member.Change.Id : null,
    };

    private static MemberState StateOf(ChangeResult result) => result.Outcome switch
    {
        _ when !result.IsSettled => MemberState.Interrupted,
        ChangeOutcome.Applied => MemberState.Applied,
        ChangeOutcome.Refused => MemberState.Refused,
        ChangeOutcome.Failed => MemberState.Failed,
        _ => MemberState.Unknown,
    };
}
