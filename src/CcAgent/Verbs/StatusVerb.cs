using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Status;
using CcConsole.Core.Protocol;

namespace CcAgent.Verbs;

/// <summary>`status`: exit code 1 when something must be looked at.</summary>
internal static class StatusVerb
{
    internal static int Run(VerbArguments arguments)
    {
        SecureDirectory.Require(arguments.Places.Data, arguments.Places.Owner);
        var status = StatusReport.Of(arguments.Places);
        StandardStreams.WriteLine(
            StandardStreams.Output,
            arguments.Json ? JsonSerializer.Serialize(status, ProtocolJson.Default.AgentStatusResult) : Describe(status));
        return status.Alarms.Count == 0 ? 0 : 1;
    }

    private static string Describe(AgentStatusResult status)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"agent        {status.Version}, {status.Mode} mode, {status.Dir}\n");
        if (status.Daemon is { } daemon)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"daemon       running, process {daemon.Pid}, since {daemon.Started:yyyy-MM-dd'T'HH:mm:ss'Z'}, {daemon.ResidentBytes / 1048576.0:0.0} MiB\n");
        }
        else
        {
            text.Append("daemon       not running\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"socket       {status.Socket}\n");
        text.Append(CultureInfo.InvariantCulture, $"reports      {status.Reports}, {status.Spooled} in the spool\n");
        text.Append(CultureInfo.InvariantCulture, $"audit        {status.Entries} entries, head {(status.Head.Length > 0 ? status.Head : "none")}\n");
        text.Append(CultureInfo.InvariantCulture, $"append-only  {status.AppendOnly}");
        if (status.Audit is { } audit)
        {
            text.Append("\ncheckpoint   ");
            if (audit is { CheckpointSeq: { } seq, CheckpointTime: { } time })
                text.Append(CultureInfo.InvariantCulture, $"#{seq}, {time:yyyy-MM-dd'T'HH:mm:ss'Z'}");
            else
                text.Append("none yet");
            if (audit.First > 0)
                text.Append(CultureInfo.InvariantCulture, $"\nlet go       the entries before #{audit.First}, which a console holds");
            text.Append("\npolicy       ").Append(audit.Policy == "strict" ? "strict: a run that cannot be recorded is not begun" : "best_effort: runs go on when the audit log cannot be written");
            text.Append("\nballast      ").Append(PlainText.Of(audit.Ballast));
        }

        foreach (var alarm in status.Alarms)
            text.Append("\nALARM        ").Append(PlainText.Of(alarm));
        return text.ToString();
    }
}
