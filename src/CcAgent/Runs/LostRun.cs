using System.Buffers;
using System.Globalization;
using CcAgent.Journal;
using CcAgent.Native;
using CcConsole.Core.Reports;

namespace CcAgent.Runs;

/// <summary>The report of a run whose wrapper died before it could make one.</summary>
internal static class LostRun
{
    /// <param name="file">The mark that was left.</param>
    /// <param name="now">When it was found.</param>
    /// <param name="seen">Whether its wrapper was seen to let it go, so that the run lasted until now.</param>
    /// <param name="answer">Called when it is recorded, or was before.</param>
    internal static ReportRequest Report(MarkFile file, DateTimeOffset now, bool seen, Action<RecordAnswer> answer)
    {
        var mark = file.Mark!;
        var lasted = seen ? (long)Math.Clamp((now - mark.StartTime).TotalMilliseconds, 0, ReportLimits.MaxDurationMs) : 0;
        // The wrapper may have died after its report was recorded: then this is none.
        return Report(mark, file.Owner, lasted, Reason(mark), DateTimeOffset.UnixEpoch.AddSeconds(file.Made), answer);
    }

    /// <summary>Of a run whose start was recorded before it began, and which has left neither mark nor report.</summary>
    /// <param name="run">The run as it was to begin.</param>
    /// <param name="now">When its wrapper was found gone.</param>
    /// <param name="answer">Called when it is recorded, or was before.</param>
    internal static ReportRequest Unmarked(RunMark run, DateTimeOffset now, Action<RecordAnswer> answer) => Report(
        run, run.Uid, 0, "the wrapper, cc-agent exec, was killed before it could mark the run: whether the command began is not known", now, answer);

    private static ReportRequest Report(RunMark mark, uint owner, long lasted, string reason, DateTimeOffset spooled, Action<RecordAnswer> answer)
    {
        var report = new ExecutionReport(mark.JobId, mark.Command, -1, "", "", mark.StartTime, lasted, mark.Uid, UserAccount.Of(mark.Uid).Name)
        {
            Lost = true,
            RunId = mark.RunId,
            Attempt = mark.Attempt,
            Warning = reason,
        };
        var bytes = new ArrayBufferWriter<byte>();
        ReportWriter.Write(bytes, report, new OutputTail(), new OutputTail());
        return new ReportRequest
        {
            Uid = owner,
            Report = report,
            Bytes = bytes.WrittenMemory[..^1],
            Spooled = spooled,
            Retried = true,
            Answer = answer,
        };
    }

    private static string Reason(RunMark mark)
    {
        if (mark.Boot != HeldMark.CurrentBoot)
            return "the host went down while this ran: how it ended and what it wrote is not known";
        var there = mark.PidStart > 0 && ProcessIdentity.Of(mark.Pid) is { } process && process.Start == mark.PidStart && !process.Ended;
        return "the wrapper, cc-agent exec, was killed while this ran: how it ended and what it wrote is not known"
            + (there ? string.Create(CultureInfo.InvariantCulture, $"; process {mark.Pid} of it was still running") : "");
    }
}
