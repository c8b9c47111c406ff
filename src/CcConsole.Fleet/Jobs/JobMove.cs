using CcConsole.Core;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Jobs;

/// <summary>A job on its way to another table. It is added there, read back, and only then removed here: whatever fails, it is not lost.</summary>
/// <param name="Add">The change at the destination.</param>
/// <param name="Remove">The change at the source.</param>
public sealed record JobMove(ChangePlan Add, ChangePlan Remove)
{
    /// <summary>Applies both changes; the second only when the first is in place.</summary>
    /// <exception cref="ProblemException">The console is read-only, or the destination is not reached: nothing was sent.</exception>
    public async Task<JobMoveResult> ApplyAsync(ChangeOperations changes, CancellationToken cancellation = default)
    {
        ChangeResult added = await changes.ApplyAsync(Add, cancellation).ConfigureAwait(false);
        if (!added.IsApplied)
        {
            return new JobMoveResult(added, null, added.Outcome == ChangeOutcome.Unknown ? "The job was not removed where it was, since it is not known whether it is in its new place" : null,
                added.Outcome == ChangeOutcome.Unknown ? $"Read {Add.Table.Words} on {Add.Host}; if the job is there, remove it from {Remove.Table.Words} on {Remove.Host}" : null);
        }

        string both = $"The job is in both tables now: it was added to {Add.Table.Words} on {Add.Host}, and not removed from {Remove.Table.Words} on {Remove.Host}";
        string next = $"Remove it there (cc-console job remove {Remove.Host} {Remove.JobId} --table {Remove.Table}), or undo change {added.Change}";
        try
        {
            // The job stands twice now: stopping here would leave it so.
            ChangeResult removed = await changes.ApplyAsync(Remove, CancellationToken.None).ConfigureAwait(false);
            return removed.IsApplied ? new JobMoveResult(added, removed, null, null)
                : removed.Outcome == ChangeOutcome.Unknown ? new JobMoveResult(added, removed, $"The job was added to {Add.Table.Words} on {Add.Host}; whether it is still in {Remove.Table.Words} on {Remove.Host} is not known", $"Read that table. {next}")
                : new JobMoveResult(added, removed, both, next);
        }
        catch (ProblemException e)
        {
            return new JobMoveResult(added, null, $"{both}: {e.Message}", next);
        }
    }
}

/// <summary>What became of a move.</summary>
/// <param name="Added">The change at the destination.</param>
/// <param name="Removed">The change at the source; null when it was not tried, or the host was not reached.</param>
/// <param name="Problem">Where the job is now, when it was not moved though it may be in its new place; null otherwise.</param>
/// <param name="Hint">What to do next; null when there is nothing to do.</param>
public sealed record JobMoveResult(ChangeResult Added, ChangeResult? Removed, string? Problem, string? Hint)
{
    /// <summary>True when the job is in its new place and nowhere else.</summary>
    public bool IsMoved => Removed?.IsApplied == true;
}
