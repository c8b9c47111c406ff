using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Screens;

/// <summary>The job that a plan writes: the list selects it afterwards.</summary>
internal static class WrittenJob
{
    /// <summary>What the list of jobs knows it by; null when the plan writes no job that was not there before.</summary>
    public static string? KeyOf(JobEditor table, ChangePlan plan)
    {
        var before = JobTable.From((table.Table with { Bytes = plan.Before }).Parse()).Jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal);
        var written = JobTable.From((table.Table with { Bytes = plan.After }).Parse()).Jobs.FirstOrDefault(job => !before.Contains(job.Id));
        return written is null ? null : JobLine.KeyOf(plan.Host, plan.Table, written.Id);
    }
}
