using CcConsole.Core.Crontab.Scripts;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>
/// Looks through a host for all that it runs by itself, with nothing but sh there: the command line, and what its answer
/// means. The same text is run over SSH and by the agent; this class runs nothing.
/// </summary>
/// <remarks>
/// The host is only read. Where the login is not root, <c>sudo -n</c> is asked once, which the host's log shows; where it
/// refuses, other users' tables are among the gaps.
/// </remarks>
public static class HostDiscovery
{
    /// <summary>The command line: safe for any login shell, needs no input. It may take a minute where a host has very many tables.</summary>
    public static string Command() => DiscoveryScript.Command();

    /// <summary>Looks whether the answer is whole, for one who only passes it on.</summary>
    /// <exception cref="ProblemException">It is not, or the host could not be looked through at all.</exception>
    public static void Check(int exitCode, ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> stderr) => Whole(exitCode, stdout, stderr);

    /// <summary>What the answer means.</summary>
    /// <exception cref="ProblemException">The answer is not whole, or the host could not be looked through at all.</exception>
    public static HostSchedules Parse(int exitCode, ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> stderr)
    {
        var reply = Whole(exitCode, stdout, stderr);
        var frame = DiscoveryFrame.Of(reply);
        var schedulers = FoundSchedulers.Of(frame);
        var cron = HostCrontab.Host(reply);
        if (cron.Implementation == "unknown" && schedulers.Where(static found => found.IsUnderstood).Select(static found => found.Name).Distinct().ToList() is [var only])
        {
            cron = cron with { Implementation = only, Dialect = Cron.CronDialects.Of(only) };
        }

        var gaps = new List<DiscoveryGap>();
        FoundSchedulers.AddGaps(cron, schedulers, gaps);
        var tables = new FoundTables(frame, cron).Read(gaps);
        var anacron = AnacronTable.Read(frame, gaps);
        return new HostSchedules
        {
            Cron = cron,
            Schedulers = schedulers,
            Tables = tables,
            AnacronJobs = anacron,
            Scripts = FolderScripts.Read(frame, tables, anacron, gaps),
            Timers = SystemdTimers.Read(frame, cron.User, gaps),
            Gaps = gaps,
            AsRoot = frame.AsRoot,
        };
    }

    private static HostReply Whole(int exitCode, ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> stderr)
    {
        var reply = HostReply.Parse(stdout);
        if (reply.IsWhole && reply["status"] == "looked")
        {
            return reply;
        }

        var (problem, hint) = reply.IsWhole ? HostCrontab.Cause(reply) : HostCrontab.Cut(reply, exitCode, stderr);
        throw new ProblemException(problem, hint);
    }
}
