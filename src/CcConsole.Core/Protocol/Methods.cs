namespace CcConsole.Core.Protocol;

/// <summary>The requests that an agent's `serve` answers.</summary>
public static class Methods
{
    /// <summary><see cref="HelloParams"/> → <see cref="HelloResult"/>. The first request of a session.</summary>
    public const string Hello = "hello";

    /// <summary><see cref="ReportTailParams"/> → <see cref="StreamResult"/>, then <see cref="StreamMethods.ReportEntry"/> …, <see cref="StreamMethods.End"/>.</summary>
    public const string ReportTail = "report.tail";

    /// <summary><see cref="ReportAckParams"/> → <see cref="Done"/>. Of agents that name it among their capabilities.</summary>
    public const string ReportAck = "report.ack";

    /// <summary><see cref="AuditPullParams"/> → <see cref="AuditPullResult"/>, then <see cref="StreamMethods.AuditLines"/> …, <see cref="StreamMethods.End"/>.</summary>
    public const string AuditPull = "audit.pull";

    /// <summary><see cref="AuditAppendParams"/> → <see cref="AuditAppendResult"/>.</summary>
    public const string AuditAppend = "audit.append";

    /// <summary><see cref="CrontabReadParams"/> → <see cref="CrontabReadResult"/>.</summary>
    public const string CrontabRead = "crontab.read";

    /// <summary><see cref="CrontabWriteParams"/> → <see cref="CrontabWriteResult"/>.</summary>
    public const string CrontabWrite = "crontab.write";

    /// <summary><see cref="CrontabSettleParams"/> → <see cref="CrontabReadResult"/>.</summary>
    public const string CrontabSettle = "crontab.settle";

    /// <summary><see cref="CrontabDiscoverParams"/> → <see cref="StreamResult"/>, then <see cref="StreamMethods.CrontabFound"/> …, <see cref="StreamMethods.End"/>.</summary>
    public const string CrontabDiscover = "crontab.discover";

    /// <summary><see cref="JobRunParams"/> → <see cref="JobRunResult"/>, then <see cref="StreamMethods.JobOutput"/> …, <see cref="StreamMethods.JobEnded"/>, <see cref="StreamMethods.End"/>.</summary>
    public const string JobRun = "job.run";

    /// <summary><see cref="JobStopParams"/> → <see cref="Done"/>, or <see cref="JobStopResult"/> for a run (of agents that can <see cref="JobRunning"/>).</summary>
    public const string JobStop = "job.stop";

    /// <summary><see cref="Done"/> → <see cref="JobRunningResult"/>.</summary>
    public const string JobRunning = "job.running";

    /// <summary><see cref="Done"/> → <see cref="AgentStatusResult"/>.</summary>
    public const string AgentStatus = "agent.status";
}

/// <summary>What an agent says that belongs to no request.</summary>
public static class AgentNotices
{
    /// <summary>
    /// Agent to console, <see cref="Done"/>, once, before the answer to a request: the executable that answers is no longer in its place, because
    /// the agent was upgraded or taken away. What this session says is not how the host is; a new one asks the agent that is there now.
    /// </summary>
    public const string Replaced = "agent.replaced";
}

/// <summary>The notifications of streams. A stream's id is the id of the request that opened it.</summary>
public static class StreamMethods
{
    /// <summary>Console to agent, <see cref="StreamCredit"/>: so many more messages may be sent.</summary>
    public const string Credit = "stream.credit";

    /// <summary>Console to agent, <see cref="StreamCancel"/>: no more of this stream. Answered by <see cref="End"/>.</summary>
    public const string Cancel = "stream.cancel";

    /// <summary>Agent to console, <see cref="StreamEnd"/>: the stream's last message; costs no credit.</summary>
    public const string End = "stream.end";

    /// <summary>Agent to console, <see cref="ReportEntry"/>.</summary>
    public const string ReportEntry = "report.entry";

    /// <summary>Agent to console, <see cref="AuditLines"/>.</summary>
    public const string AuditLines = "audit.lines";

    /// <summary>Agent to console, <see cref="CrontabFound"/>.</summary>
    public const string CrontabFound = "crontab.found";

    /// <summary>Agent to console, <see cref="JobOutput"/>.</summary>
    public const string JobOutput = "job.output";

    /// <summary>Agent to console, <see cref="JobEnded"/>; costs no credit.</summary>
    public const string JobEnded = "job.ended";
}
