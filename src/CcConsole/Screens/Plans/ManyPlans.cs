using CcConsole.Core;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Screens;

/// <summary>One plan from the plans of many jobs: of one table in one diff, of many tables side by side.</summary>
internal static class ManyPlans
{
    /// <summary>Makes the plans of several tables; a table whose plan cannot be made is listed with the reason.</summary>
    /// <param name="description">What is done, in words.</param>
    /// <param name="tables">The host, and what makes the plan.</param>
    public static async Task<FleetPlan> MakeAsync(string description, IEnumerable<(string Host, Func<Task<ChangePlan>> MakePlan)> tables)
    {
        var made = await Task.WhenAll(tables.Select(TryAsync));
        var plans = made.Select(one => one.Plan).OfType<ChangePlan>().ToList();
        return new FleetPlan
        {
            Description = description,
            Changes = [.. plans.Where(plan => !plan.IsEmpty)],
            AlreadySo = [.. plans.Where(plan => plan.IsEmpty).Select(plan => plan.Host).Distinct()],
            Unplanned = [.. made.Select(one => one.Left).OfType<UnplannedHost>()],
        };
    }

    /// <summary>Makes one plan of several changes of one table, each upon the one before.</summary>
    /// <param name="table">The table as it was read.</param>
    /// <param name="description">What is done, in words, where it is more than one change.</param>
    /// <param name="changes">The changes; at least one.</param>
    public static ChangePlan Chain(JobEditor table, string description, IReadOnlyList<Func<JobEditor, ChangePlan>> changes)
    {
        var whole = changes[0](table);
        foreach (var change in changes.Skip(1))
        {
            var next = change(table = table.After(whole));
            whole = next with
            {
                Before = whole.Before,
                Existed = whole.Existed,
                Description = description,
                JobId = null,
                Warnings = [.. whole.Warnings.Union(next.Warnings)],
            };
        }
        return whole;
    }

    private static async Task<(ChangePlan? Plan, UnplannedHost? Left)> TryAsync((string Host, Func<Task<ChangePlan>> MakePlan) table)
    {
        try
        {
            return (await table.MakePlan(), null);
        }
        catch (ProblemException problem)
        {
            return (null, new UnplannedHost(table.Host, problem.Message, problem.Hint.Length > 0 ? problem.Hint : null));
        }
    }
}
