using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>Whether a cron daemon is at work on a host.</summary>
public enum CronDaemonState
{
    /// <summary>The host does not let this user see.</summary>
    Unknown,

    /// <summary>One runs.</summary>
    Running,

    /// <summary>None runs: nothing of the table will be started.</summary>
    None,
}

/// <summary>What a read tells about cron on a host.</summary>
/// <param name="User">Whose table it is.</param>
/// <param name="Dialect">The rules by which the table is read there.</param>
/// <param name="Implementation"><c>debian</c>, <c>cronie</c>, <c>busybox</c>, or <c>unknown</c>.</param>
/// <param name="Version">What it prints for its version; empty when it prints none.</param>
/// <param name="Daemon">Whether the daemon runs.</param>
/// <param name="Zone">The host's zone as a name of the TZ database; null when the host does not tell.</param>
public sealed record HostCron(
    string User, CronDialect Dialect, string Implementation, string Version, CronDaemonState Daemon, string? Zone);

/// <summary>What came of reading a table. Only <see cref="None"/> means that there is none; a failure never does.</summary>
public abstract record TableRead
{
    private TableRead()
    {
    }

    /// <summary>The table, byte for byte.</summary>
    /// <param name="Bytes">Without the header that debian's crontab puts before it.</param>
    /// <param name="Host">Cron on that host.</param>
    public sealed record Present(byte[] Bytes, HostCron Host) : TableRead;

    /// <summary>The user has no table.</summary>
    /// <param name="Host">Cron on that host.</param>
    public sealed record None(HostCron Host) : TableRead;

    /// <summary>The table is not known.</summary>
    /// <param name="Problem">What happened, in words.</param>
    /// <param name="Hint">What to do next.</param>
    public sealed record Failed(string Problem, string Hint) : TableRead;
}
