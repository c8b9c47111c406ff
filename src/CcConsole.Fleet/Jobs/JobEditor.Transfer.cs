using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;

namespace CcConsole.Fleet.Jobs;

/// <summary>How a job is to stand in another table.</summary>
public sealed record JobTransfer
{
    /// <summary>The user that runs it there, for a system table; null for the one that runs it now.</summary>
    public string? User { get; init; }

    /// <summary>Its id there; null for the one that it has, or a new one for a copy on the same host.</summary>
    public string? JobId { get; init; }

    /// <summary>Whether it loses the wrapper where no agent takes its reports; else it is refused.</summary>
    public bool MayRelease { get; init; }

    /// <summary>Whether the variables that differ there are written above it.</summary>
    public bool BringVariables { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public string Reason { get; init; } = "";
}

public sealed partial class JobEditor
{
    /// <summary>The plan that writes a job into another table too, as its own daemon reads it. What will differ for the job is in the plan's warnings.</summary>
    /// <exception cref="ProblemException">It is the same table, or the job cannot be the same there.</exception>
    public ChangePlan PlanCopy(Job job, JobEditor to, JobTransfer? how = null)
    {
        how ??= new JobTransfer();
        string? id = job.Wrapped is null ? null : how.JobId ?? (to.Host.Name == Host.Name ? to.NewId(job.Name ?? job.Command) : null);
        return to.PlanArrival(this, job, how with { JobId = id }, $"copy job {job.Id} from {Place(to)}");
    }

    /// <summary>The plans that move a job to another table: added there first, and then removed here.</summary>
    /// <exception cref="ProblemException">As for <see cref="PlanCopy"/>.</exception>
    public JobMove PlanMove(Job job, JobEditor to, JobTransfer? how = null)
    {
        how ??= new JobTransfer();
        return new JobMove(to.PlanArrival(this, job, how, $"move job {job.Id} from {Place(to)}"),
            MakePlan(_document.Remove(EntryOf(job)), $"remove job {job.Id}, moved to {to.Place(this)}", job.Id, how.Reason));
    }

    private string Place(JobEditor seenFrom) => seenFrom.Host.Name == Host.Name ? Table.Id.Words : $"{Table.Id.Words} on {Host.Name}";

    private ChangePlan PlanArrival(JobEditor from, Job job, JobTransfer how, string description)
    {
        EntryLine entry = from.EntryOf(job);
        if (from.Host.Name == Host.Name && from.Table.Id == Table.Id)
        {
            throw new ProblemException($"The job is in {Table.Id.Words} already", "job duplicate makes a second one there");
        }

        string here = job.User ?? from.Table.Id.Name;
        string there = Table.Id.IsSystem ? how.User ?? here : Table.Id.Name;
        if (job.Wrapped is { } wrapped)
        {
            CheckId(how.JobId ?? wrapped.JobId, null);
        }

        string? agent = null;
        if (job.IsManaged && (Facts.HasAgent || !how.MayRelease))
        {
            try
            {
                agent = AgentPath(there);
            }
            catch (ProblemException) when (how.MayRelease)
            {
                // An agent that does not take that user's reports is as good as none.
            }
        }

        TransferredEntry arrived = EntryTransfer.Append(from._document, entry, new EntryDestination(_document)
        {
            User = there,
            AgentPath = agent,
            SocketPath = agent is null ? null : Facts.SocketPath,
            JobId = how.JobId,
            MayRelease = how.MayRelease,
            BringVariables = how.BringVariables,
        });
        List<string> warnings = [.. arrived.Differences];
        if (here != there)
        {
            warnings.Add($"it will run as {there}, and no longer as {here}: with another home and other rights");
        }

        if (!entry.Schedule.IsReboot && from.Facts.Zone.Id != Facts.Zone.Id)
        {
            warnings.Add($"its times are those of {Facts.Zone.Id} there, and of {from.Facts.Zone.Id} now");
        }

        return MakePlan(arrived.After, description, job.IsManaged ? how.JobId ?? job.Id : null, how.Reason, warnings);
    }
}
