using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Store;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>
/// The same change on many hosts: planned as one with a diff for each, noted before anything is sent, applied some at once, taken up
/// again after an interruption, and taken back as one.
/// </summary>
public sealed class FleetPlanOperations
{
    private readonly JobOperations _jobs;
    private readonly ChangeOperations _changes;
    private readonly HostDirectory _hosts;
    private readonly CacheDatabase _cache;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;

    internal FleetPlanOperations(JobOperations jobs, ChangeOperations changes, HostDirectory hosts, CacheDatabase cache, FleetOptions options, ReadOnlyGuard guard) =>
        (_jobs, _changes, _hosts, _cache, _options, _guard) = (jobs, changes, hosts, cache, options, guard);

    /// <summary>Makes a plan by reading the own table of each host, some at once, and planning a change of it. Nothing is changed.</summary>
    /// <param name="hosts">The hosts' names; one that is named twice counts once.</param>
    /// <param name="change">The change of one host's table; a <see cref="ProblemException"/> leaves the host out, with the reason.</param>
    /// <param name="description">What it does, in words; null for what the changes say.</param>
    /// <param name="reason">Why, in the person's words.</param>
    /// <param name="options">How it is to be applied; null for the defaults.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<FleetPlan> MakeAsync(IEnumerable<string> hosts, Func<JobEditor, ChangePlan> change, string? description = null, string reason = "",
        FleetPlanOptions? options = null, CancellationToken cancellation = default) =>
        MakeAsync(hosts, async (host, token) => change(await _jobs.OpenAsync(host, cancellation: token).ConfigureAwait(false)), description, reason, options, cancellation);

    /// <summary>As above, of whatever tables the function reads.</summary>
    public async Task<FleetPlan> MakeAsync(IEnumerable<string> hosts, Func<string, CancellationToken, Task<ChangePlan>> change, string? description = null, string reason = "",
        FleetPlanOptions? options = null, CancellationToken cancellation = default)
    {
        List<string> names = [.. hosts.Distinct(StringComparer.Ordinal)];
        return await CollectAsync(names, (i, token) => change(names[i], token), description, reason, options, null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Notes a plan in the journal, on disk, so that it can be applied, and taken up again whatever happens. Nothing is sent.</summary>
    /// <returns>The plan with its number.</returns>
    /// <exception cref="ProblemException">The console is read-only, nothing would change, or the cache cannot be written.</exception>
    public FleetPlan Begin(FleetPlan plan)
    {
        _guard.Demand(plan.Description);
        if (plan.IsEmpty)
        {
            throw new ProblemException($"There is nothing to apply: {plan.Description} would change no host", plan.Unplanned.Count > 0 ? plan.Unplanned[0].Problem : "");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Options.Parallelism, 1, nameof(plan));
        return plan with { Id = _cache.Batches.Begin(ToRecord(plan)) };
    }

    /// <summary>
    /// Applies what is not applied yet of a plan that was noted, and gives each result as it comes, last those that were not begun.
    /// Attempts whose end is not known are settled first, by reading. A table is written only while it still is what the plan
    /// was made from; nothing is ever applied twice, whoever else is at the same plan. Cancelling, or ending the enumeration,
    /// begins no further host and carries through those under way.
    /// </summary>
    /// <param name="plan">The plan's number.</param>
    /// <param name="options">Other options than the plan's own; null for those.</param>
    /// <param name="cancellation">Begins no further host.</param>
    /// <exception cref="ProblemException">The console is read-only, there is no such plan, or the cache cannot be written.</exception>
    public IAsyncEnumerable<FleetPlanResult> RunAsync(long plan, FleetPlanOptions? options = null, CancellationToken cancellation = default)
    {
        BatchRecord batch = Find(plan);
        _guard.Demand(batch.Description);
        options ??= OptionsOf(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1, nameof(options));
        return new FleetPlanRun(_changes, _cache, batch, PlansOf(batch)).RunAsync(options, cancellation);
    }

    /// <summary>Notes a plan and applies it: <see cref="Begin"/> and <see cref="RunAsync"/> in one.</summary>
    /// <exception cref="ProblemException">As for these.</exception>
    public IAsyncEnumerable<FleetPlanResult> ApplyAsync(FleetPlan plan, CancellationToken cancellation = default) => RunAsync(Begin(plan).Id, null, cancellation);

    /// <summary>The plan that takes back what of a plan was applied. What cannot be taken back, since its table was changed since, is listed with the reason.</summary>
    /// <exception cref="ProblemException">There is no such plan, or nothing of it was applied.</exception>
    public async Task<FleetPlan> PlanUndoAsync(long plan, string reason = "", FleetPlanOptions? options = null, CancellationToken cancellation = default)
    {
        BatchRecord batch = Find(plan);
        List<BatchMember> tried = [.. batch.Members.Where(member => member.State is MemberState.Applied or MemberState.Unknown or MemberState.Interrupted or MemberState.Running)];
        if (tried.Count == 0)
        {
            throw new ProblemException($"Nothing of plan p{plan} ({batch.Description}) was applied, so there is nothing to undo");
        }

        return await CollectAsync(
            [.. tried.Select(member => member.Change.Host)],
            (i, token) => tried[i].State == MemberState.Running
                ? throw new ProblemException("another console is at it", "Wait for that to end.")
                : _changes.PlanUndoAsync(tried[i].Change.Id, cancellation: token),
            $"undo plan p{plan}: {batch.Description}", reason, options ?? OptionsOf(batch), plan, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// The plan that takes back the last change that was not taken back: one host's, or all of a plan for many hosts when it was part of one.
    /// </summary>
    /// <param name="host">The last change of this host, alone; null for the last of all.</param>
    /// <param name="reason">Why, in the person's words.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">There is none, or the table was changed since.</exception>
    public async Task<FleetPlan> PlanUndoLastAsync(string? host = null, string reason = "", CancellationToken cancellation = default)
    {
        ChangePlan change = await _changes.PlanUndoAsync(null, host, cancellation).ConfigureAwait(false);
        return host is null && _changes.Find(change.Undoes!.Value)?.Batch is { } plan
            ? await PlanUndoAsync(plan, reason, cancellation: cancellation).ConfigureAwait(false)
            : new FleetPlan { Description = change.Description, Reason = reason, Changes = [change with { Reason = reason }] };
    }

    /// <summary>The plans that were noted, newest first, each with how far it has come.</summary>
    public IReadOnlyList<BatchRecord> List(int limit = 100) => _cache.Batches.List(limit);

    /// <summary>One plan as it was noted, with how far it has come.</summary>
    /// <exception cref="ProblemException">There is no such plan.</exception>
    public BatchRecord Find(long plan) => _cache.Batches.Find(plan) ?? throw new ProblemException($"There is no plan with the number p{plan}", "cc-console change list shows them.");

    /// <summary>The changes of a plan that was noted, in its order, as they were planned.</summary>
    public IReadOnlyList<ChangePlan> PlansOf(BatchRecord batch) => [.. batch.Members.Select(member => new ChangePlan
    {
        Host = member.Change.Host,
        Table = TableId.Parse(member.Change.Table),
        IsOwnTable = member.IsOwnTable,
        Existed = member.Change.Existed,
        Removes = member.Change.Removes,
        Before = member.Change.Before,
        After = member.Change.After,
        Description = member.Change.Description,
        JobId = member.JobId,
        Reason = batch.Reason,
        IsProduction = _hosts.List().FirstOrDefault(host => host.Name == member.Change.Host)?.IsProduction ?? false,
        Undoes = member.Change.Undoes,
    })];

    /// <summary>Plans the change of each host, some at once; one that cannot be planned is left out, with the reason.</summary>
    private async Task<FleetPlan> CollectAsync(List<string> hosts, Func<int, CancellationToken, Task<ChangePlan>> change, string? description, string reason,
        FleetPlanOptions? options, long? undoes, CancellationToken cancellation)
    {
        (ChangePlan? Plan, UnplannedHost? Left)[] made = new (ChangePlan?, UnplannedHost?)[hosts.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, hosts.Count), Bound(_options.Parallelism, cancellation), async (i, token) =>
        {
            try
            {
                ChangePlan plan = await change(i, token).ConfigureAwait(false);
                made[i] = (reason.Length > 0 ? plan with { Reason = reason } : plan, null);
            }
            catch (ProblemException e)
            {
                made[i] = (null, new UnplannedHost(hosts[i], e.Message, e.Hint.Length > 0 ? e.Hint : null));
            }
        }).ConfigureAwait(false);

        List<ChangePlan> plans = [.. made.Select(one => one.Plan).OfType<ChangePlan>()];
        return new FleetPlan
        {
            Description = description ?? Common(plans),
            Reason = reason,
            Options = options ?? new FleetPlanOptions(),
            Changes = [.. plans.Where(plan => !plan.IsEmpty)],
            AlreadySo = [.. plans.Where(plan => plan.IsEmpty).Select(plan => plan.Host)],
            Unplanned = [.. made.Select(one => one.Left).OfType<UnplannedHost>()],
            Undoes = undoes,
        };
    }

    private BatchRecord ToRecord(FleetPlan plan) => new()
    {
        Description = plan.Description,
        Reason = plan.Reason,
        Actor = _options.Actor,
        Parallelism = plan.Options.Parallelism,
        ContinuesOnFailure = plan.Options.ContinueOnFailure,
        BegunAt = _options.Time.GetUtcNow(),
        Undoes = plan.Undoes,
        Members = [.. plan.Changes.Select(change => new BatchMember
        {
            IsOwnTable = change.IsOwnTable,
            JobId = change.JobId,
            Change = change.ToRecord(_options),
        })],
        Omissions =
        [
            .. plan.AlreadySo.Select(host => new BatchOmission(host, null, null)),
            .. plan.Unplanned.Select(left => new BatchOmission(left.Host, left.Problem, left.Hint)),
        ],
    };

    private static FleetPlanOptions OptionsOf(BatchRecord batch) => new() { Parallelism = batch.Parallelism, ContinueOnFailure = batch.ContinuesOnFailure };

    private static ParallelOptions Bound(int most, CancellationToken cancellation) => new() { MaxDegreeOfParallelism = most, CancellationToken = cancellation };

    private static string Common(List<ChangePlan> plans) => plans.Select(plan => plan.Description).Distinct(StringComparer.Ordinal).ToList() switch
    {
        [] => "a change",
        [var same] => same,
        [var first, .. var others] => $"{first} (and {others.Count} more)",
    };
}
