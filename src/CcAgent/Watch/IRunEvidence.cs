namespace CcAgent.Watch;

/// <summary>What can be known of the host when a run has not been seen.</summary>
internal interface IRunEvidence
{
    /// <summary>What the host was at a moment, and until when.</summary>
    HostTime HostAt(DateTimeOffset moment, out DateTimeOffset end);

    /// <summary>Whether a cron daemon was running then; null when that is not known.</summary>
    bool? CronAt(DateTimeOffset moment);

    /// <summary>When the runs of a job that go on now began.</summary>
    IReadOnlyList<DateTimeOffset> Going(RunKey key);
}
