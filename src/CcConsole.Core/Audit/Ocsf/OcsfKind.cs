namespace CcConsole.Core.Audit.Ocsf;

/// <summary>How bad, as <c>severity_id</c> says it.</summary>
internal enum OcsfSeverity
{
    Informational = 1,
    Low = 2,
    Medium = 3,
    High = 4,
    Critical = 5,
}

/// <summary>How it ended, as <c>status_id</c> says it.</summary>
internal enum OcsfStatus
{
    Unknown = 0,
    Success = 1,
    Failure = 2,
}

/// <summary>The event classes in which our events are told, all of the category System Activity (1); each number is its <c>class_uid</c>.</summary>
internal enum OcsfClass
{
    /// <summary>What is done about a job, and about the tables that hold them.</summary>
    ScheduledJobActivity = 1006,

    /// <summary>What is done by a job's process: it is the run.</summary>
    ProcessActivity = 1007,

    /// <summary>What is done about the record itself, and by those who keep or read it.</summary>
    EventLogActivity = 1008,
}

/// <summary>What one of our events is in OCSF.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Activity">Its <c>activity_id</c> in that class; 99 where the class knows none that says it.</param>
/// <param name="Name">Its <c>activity_name</c>.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Status">How it ended.</param>
internal readonly record struct OcsfKind(OcsfClass Class, int Activity, string Name, OcsfSeverity Severity, OcsfStatus Status)
{
    private const int OtherActivity = 99;

    /// <summary>An event, by what its entry says.</summary>
    public static OcsfKind Of(OcsfMembers entry) => entry["event"] switch
    {
        AuditEvents.JobStarted => Job(6, "Start"),
        AuditEvents.JobRequested => Job(6, "Start"),
        AuditEvents.JobRefused => Job(6, "Start", OcsfSeverity.Medium, OcsfStatus.Failure),
        AuditEvents.JobMissed => Job(6, "Start", OcsfSeverity.Medium, OcsfStatus.Failure),
        AuditEvents.JobFinished => entry["exit_code"] == "0" ? Process(OcsfSeverity.Informational, OcsfStatus.Success) : Process(OcsfSeverity.Low, OcsfStatus.Failure),
        AuditEvents.JobLost => Process(OcsfSeverity.Medium, OcsfStatus.Unknown),
        AuditEvents.JobStopped => Process(OcsfSeverity.Low, OcsfStatus.Success),
        AuditEvents.CrontabEdited => Table(entry, OcsfSeverity.Informational),
        AuditEvents.CrontabChanged => Table(entry, OcsfSeverity.Medium),
        AuditEvents.AgentStarted => Log(6, "Start"),
        AuditEvents.AgentStopped => Log(7, "Stop", OcsfSeverity.Low),
        AuditEvents.AgentInstalled => Log(9, "Enable"),
        AuditEvents.AgentUninstalled => Log(10, "Disable", OcsfSeverity.Medium),
        AuditEvents.Rotate => Log(5, "Rotate"),
        AuditEvents.AuditArchived => Log(4, "Archive"),
        AuditEvents.ConsolePulled => Log(3, "Export"),
        AuditEvents.Prune => Log(2, "Delete"),
        AuditEvents.Shrunk => Log(2, "Delete", OcsfSeverity.Critical, OcsfStatus.Unknown),
        AuditEvents.Gap => Other(entry, OcsfSeverity.High, OcsfStatus.Failure),
        AuditEvents.Recovered => Other(entry, OcsfSeverity.Medium, OcsfStatus.Success),
        AuditEvents.Suppressed => Other(entry, OcsfSeverity.Medium, OcsfStatus.Unknown),
        AuditEvents.ReportRejected => Other(entry, OcsfSeverity.Medium, OcsfStatus.Failure),
        AuditEvents.AccessRefused => Other(entry, OcsfSeverity.Medium, OcsfStatus.Failure),
        _ => Other(entry, OcsfSeverity.Informational, OcsfStatus.Success),
    };

    /// <summary>The class in words.</summary>
    public string ClassName => Class switch
    {
        OcsfClass.ScheduledJobActivity => "Scheduled Job Activity",
        OcsfClass.ProcessActivity => "Process Activity",
        _ => "Event Log Activity",
    };

    /// <summary><c>type_uid</c>: the class and the activity in one number.</summary>
    public int Type => ((int)Class * 100) + Activity;

    private static OcsfKind Job(int activity, string name, OcsfSeverity severity = OcsfSeverity.Informational, OcsfStatus status = OcsfStatus.Success) =>
        new(OcsfClass.ScheduledJobActivity, activity, name, severity, status);

    private static OcsfKind Process(OcsfSeverity severity, OcsfStatus status) => new(OcsfClass.ProcessActivity, 2, "Terminate", severity, status);

    private static OcsfKind Log(int activity, string name, OcsfSeverity severity = OcsfSeverity.Informational, OcsfStatus status = OcsfStatus.Success) =>
        new(OcsfClass.EventLogActivity, activity, name, severity, status);

    private static OcsfKind Other(OcsfMembers entry, OcsfSeverity severity, OcsfStatus status) =>
        Log(OtherActivity, entry["event"] is { Length: > 0 } name ? name : "Other", severity, status);

    // A table that was not there before was made, one that is not there after is gone.
    private static OcsfKind Table(OcsfMembers entry, OcsfSeverity severity) => (entry["sha256_before"], entry["sha256_after"]) switch
    {
        (null, not null) => Job(1, "Create", severity, Outcome(entry)),
        (not null, null) => Job(3, "Delete", severity, Outcome(entry)),
        _ => Job(2, "Update", severity, Outcome(entry)),
    };

    // A host records what was done; a console also what it tried, and what it could not see the end of.
    private static OcsfStatus Outcome(OcsfMembers entry) => entry["outcome"] switch
    {
        null or "applied" => OcsfStatus.Success,
        "failed" or "refused" => OcsfStatus.Failure,
        _ => OcsfStatus.Unknown,
    };
}
