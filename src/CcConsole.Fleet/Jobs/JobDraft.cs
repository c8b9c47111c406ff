using CcConsole.Core.Jobs;

namespace CcConsole.Fleet.Jobs;

/// <summary>A job as a person writes it in the editor or in a verb's options.</summary>
public sealed record JobDraft
{
    /// <summary>Five fields or an @word.</summary>
    public required string Schedule { get; init; }

    /// <summary>The command as one would type it in a shell: nothing is escaped for cron.</summary>
    public required string Command { get; init; }

    /// <summary>A name for the comment line above the entry; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The job's id in reports; null for a new one made from the name or the command (or the one that it has).</summary>
    public string? JobId { get; init; }

    /// <summary>Whether the agent's wrapper runs it, so that its runs are reported; null: as it is, for a new job when the host has an agent.</summary>
    public bool? Wrapped { get; init; }

    /// <summary>Further arguments of the wrapper (<c>--timeout</c>, <c>--mail</c> …); null: as they are, for a new job none.</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>Tags for the comment line above the entry; null: as they are, for a new job none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Which user runs it, in a system table, whose new jobs need one; null: as it is.</summary>
    public string? User { get; init; }

    /// <summary>A job as it is now, to start an edit from.</summary>
    public static JobDraft From(Job job) => new()
    {
        Schedule = job.ScheduleText,
        Command = job.Command,
        Name = job.Name,
        JobId = job.Wrapped?.JobId,
        Wrapped = job.IsManaged,
        Flags = job.Wrapped?.Flags,
        Tags = job.Tags,
        User = job.User,
    };
}
