using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Places;
using CcConsole.Core.Protocol;

namespace CcAgent.Status;

/// <summary>How this agent is doing: what the files say, and the daemon when it answers.</summary>
internal static class StatusReport
{
    internal static AgentStatusResult Of(AgentPlaces places)
    {
        var been = ChainTail.HasBeen(places.AuditState);
        var answer = new DaemonClient(places).Status(out var reason);
        var head = HeadFile.Read(places.AuditState + "/head");
        var alarms = new List<string>(new AlarmFile(places.AuditState).Read());
        if (answer is null)
            alarms.Add($"the daemon does not answer: {reason}");
        if (answer?.Audit?.Problem is { } problem)
            alarms.Add($"the audit log cannot be written: {problem}");
        if (answer?.Audit?.Unsigned is { } unsigned)
            alarms.Add($"no checkpoint of the audit log can be signed: {unsigned}");
        var segments = Segments.In(places.Audit);
        if (head is null && segments.Exists(s => s.Bytes > 0))
            alarms.Add($"the audit log: {ChainTail.HeadGone}");
        else if (head is null && been)
            alarms.Add($"the audit log: {ChainTail.LogGone}");
        if (head is not null && ChainTail.Find(segments, head).Alarm is { } alarm)
            alarms.Add($"the audit log: {alarm}");
        return new AgentStatusResult(
            AgentVerbs.Version, places.Mode == AgentMode.System ? "system" : "user", places.Data, places.Socket,
            head?.Chain ?? "", head is null ? 0 : head.Seq + 1, head?.Hash.ToString() ?? "", head?.Reports ?? 0,
            Spooled(places), answer?.AppendOnly ?? "not known while the daemon does not run", alarms, answer?.Status, answer?.Audit);
    }

    private static int Spooled(AgentPlaces places)
    {
        var count = 0;
        foreach (var spool in places.Spools)
        {
            try
            {
                if (Directory.Exists(spool))
                    count += Directory.GetFiles(spool, "*" + SpoolWriter.Suffix).Length;
            }
            catch (UnauthorizedAccessException)
            {
                return -1;
            }
        }

        return count;
    }
}
