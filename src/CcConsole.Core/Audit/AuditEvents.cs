namespace CcConsole.Core.Audit;

/// <summary>The names of the events that a chain records: the value of an entry's <c>event</c> member.</summary>
public static class AuditEvents
{
    /// <summary>Sequence 0: names the chain, the host and the boot.</summary>
    public const string Genesis = "audit.genesis";

    /// <summary>The key that signs from the next checkpoint on: its public half.</summary>
    public const string KeyNext = "audit.key_next";

    /// <summary>A signed note of the root over all entries before.</summary>
    public const string Checkpoint = "audit.checkpoint";

    /// <summary>Checkpoints cannot be signed, and why; the chain goes on without.</summary>
    public const string Unsigned = "audit.unsigned";

    /// <summary>The agent began to write; what it found.</summary>
    public const string AgentStarted = "agent.started";

    /// <summary>The agent ended in an orderly way.</summary>
    public const string AgentStopped = "agent.stopped";

    /// <summary>A console put the agent on the host: who, from where, digest.</summary>
    public const string AgentInstalled = "agent.installed";

    /// <summary>A console put another executable in the agent's place, or the one before again: both digests.</summary>
    public const string AgentUpgraded = "agent.upgraded";

    /// <summary>A console is about to take the agent away.</summary>
    public const string AgentUninstalled = "agent.uninstalled";

    /// <summary>Whether an event is about what a console did with the agent itself.</summary>
    public static bool IsOfInstallation(string name) => name is AgentInstalled or AgentUpgraded or AgentUninstalled;

    /// <summary>A run began.</summary>
    public const string JobStarted = "job.started";

    /// <summary>A run ended: exit code, signal, duration, user, command, output digests.</summary>
    public const string JobFinished = "job.finished";

    /// <summary>A run was not begun, and why.</summary>
    public const string JobRefused = "job.refused";

    /// <summary>The wrapper of a run died before it could report, or the host went down: how the run ended is not known.</summary>
    public const string JobLost = "job.lost";

    /// <summary>A person stopped a run from a console: which run, who, from where, by which signal.</summary>
    public const string JobStopped = "job.stopped";

    /// <summary>A due run did not happen.</summary>
    public const string JobMissed = "job.missed";

    /// <summary>A table was changed through us: who, from where, hashes and diff.</summary>
    public const string CrontabEdited = "crontab.edited";

    /// <summary>A table was found changed by someone else.</summary>
    public const string CrontabChanged = "crontab.changed";

    /// <summary>A report was not accepted, and why.</summary>
    public const string ReportRejected = "report.rejected";

    /// <summary>A console pulled the chain up to an entry.</summary>
    public const string ConsolePulled = "console.pulled";

    /// <summary>A console says which entry of another host's chain it has seen: host, chain, sequence, hash.</summary>
    public const string WitnessHead = "witness.head";

    /// <summary>In a console's own chain: a console began to write, or goes on after a while; which process, which boot.</summary>
    public const string AuditOpened = "audit.opened";

    /// <summary>In a console's own chain: it had a job run now.</summary>
    public const string JobRequested = "job.requested";

    /// <summary>In a console's own chain: a person has looked at a contradiction of a host's chain, and what was decided.</summary>
    public const string AuditResolved = "audit.resolved";

    /// <summary>In a console's own chain: old entries of a copy were moved to an archive file.</summary>
    public const string AuditArchived = "audit.archived";

    /// <summary>In a console's own chain: a person has accepted a host's SSH key.</summary>
    public const string HostKeyAccepted = "host.key_accepted";

    /// <summary>A console asked for what the host's policy for its key does not allow: what, from where.</summary>
    public const string AccessRefused = "access.refused";

    /// <summary>Entries could not be written for a while: how many, from when to when.</summary>
    public const string Gap = "audit.gap";

    /// <summary>A new segment was begun.</summary>
    public const string Rotate = "audit.rotate";

    /// <summary>A torn tail was attested: offset, length and hash of what was found.</summary>
    public const string Recovered = "audit.recovered";

    /// <summary>The log was found shorter than the head says.</summary>
    public const string Shrunk = "audit.shrunk";

    /// <summary>Old reports were removed as the settings say: which, and how many.</summary>
    public const string Prune = "audit.prune";

    /// <summary>Equal entries were dropped under flood: how many.</summary>
    public const string Suppressed = "audit.suppressed";
}
