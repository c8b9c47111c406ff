using CcConsole.Fleet.Changes;

namespace CcConsole.Fleet.Jobs;

public sealed partial class JobEditor
{
    /// <summary>The table as a plan of it would make it, so that a further change can be planned upon that one.</summary>
    /// <param name="plan">A plan of this table.</param>
    /// <exception cref="ArgumentException">It is a plan of another table.</exception>
    public JobEditor After(ChangePlan plan) =>
        plan.Host == Host.Name && plan.Table == Table.Id
            ? new JobEditor(Host, Facts, Table with { Bytes = plan.After, Exists = !plan.Removes }, IsOwnTable, _time)
            : throw new ArgumentException("The plan is of another table.", nameof(plan));
}
