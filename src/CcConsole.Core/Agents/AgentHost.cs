using System.Text;
using CcConsole.Core.Crontab.Scripts;

namespace CcConsole.Core.Agents;

/// <summary>A command line for a host, and what goes to its standard input.</summary>
public readonly record struct HostCommand(string Text, ReadOnlyMemory<byte> Input);

/// <summary>
/// Looking for an agent on a host, putting one there, and taking it away, with nothing but sh there: the command lines to run,
/// and what their results mean. This class runs nothing.
/// </summary>
public static class AgentHost
{
    /// <summary>What looks; it changes nothing.</summary>
    public static HostCommand ProbeCommand() => Scripted(AgentScript.Probe, []);

    /// <summary>What puts an executable beside the agent's place and tries it.</summary>
    /// <param name="probe">What is there.</param>
    /// <param name="sha256">The executable's digest, 64 hexadecimal digits.</param>
    /// <param name="form"><c>gz</c>, <c>raw</c>, or <c>previous</c> for the one kept there.</param>
    /// <param name="version">Which version it must say it is; empty for any.</param>
    /// <param name="record">The record of a first installation, written before anything else; empty for none.</param>
    /// <param name="folders">Folders to be made, the outermost first.</param>
    /// <param name="input">The executable in that form.</param>
    public static HostCommand TransferCommand(
        AgentProbe probe, string sha256, string form, string version, string record, IEnumerable<string> folders, ReadOnlyMemory<byte> input) =>
        new(HostScript.Command(AgentScript.Transfer, [probe.Agent, probe.Previous, sha256, form, version, probe.RecordFile, record, .. folders]), input);

    /// <summary>What puts the transferred executable in place, and the old one back if its daemon does not answer.</summary>
    /// <param name="probe">What is there.</param>
    /// <param name="sha256">The executable's digest.</param>
    /// <param name="record">The record as it is to be.</param>
    /// <param name="recordText">Its text.</param>
    /// <param name="unit">The service's text; empty where no supervisor starts it.</param>
    /// <param name="isFresh">Whether the host had no agent.</param>
    public static HostCommand CommitCommand(AgentProbe probe, string sha256, InstallRecord record, string recordText, string unit, bool isFresh) =>
        Scripted(AgentScript.Commit,
        [
            probe.Agent, probe.Previous, sha256, record.Service, record.Unit ?? "", unit, record.Service == InstallRecord.OpenRc ? "755" : "644",
            isFresh ? record.Group ?? "" : "", probe.RecordFile, recordText, isFresh ? "yes" : "no", probe.State, .. isFresh ? record.Folders.Reverse() : [],
        ]);

    /// <summary>What takes away all that the record names.</summary>
    public static HostCommand RemoveCommand(AgentProbe probe, InstallRecord record, bool purge) => Scripted(AgentScript.Remove,
    [
        record.Agent, probe.Previous, record.Service, record.Unit ?? "", record.Group ?? "", probe.RecordFile, probe.State, purge ? "yes" : "no",
        .. record.Folders.Reverse(),
    ]);

    /// <summary>What a look's result means.</summary>
    /// <exception cref="ProblemException">It did not come to its end.</exception>
    public static AgentProbe ParseProbe(ReadOnlySpan<byte> output, string errorLine)
    {
        HostReply reply = Done(output, errorLine);
        return new AgentProbe
        {
            User = reply["user"],
            Uid = reply["uid"],
            Home = reply["home"],
            Mode = reply["mode"],
            Agent = reply["agent"],
            Previous = reply["previous"],
            RecordFile = reply["record-file"],
            State = reply["state"],
            UnitFolder = reply["unit-folder"],
            System = reply["os"],
            Machine = reply["machine"],
            Kernel = reply["kernel"],
            Loaders = Values(reply, "loader"),
            Init = reply["init"],
            HasUserManager = reply["manager"] == "yes",
            HasGzip = reply["gzip"] == "yes",
            HasGroup = reply["group"] == "yes",
            Missing = Values(reply, "missing"),
            MissingForUnit = Values(reply, "missing-unit"),
            FreeKilobytes = long.TryParse(reply["free"], out var free) ? free : null,
            Digest = reply["digest"],
            Version = reply["version"],
            PreviousDigest = reply["previous-digest"],
            PreviousVersion = reply["previous-version"],
            DaemonPid = int.TryParse(reply["daemon"], out var pid) ? pid : null,
            Record = reply.Part("record"),
            Status = reply.Part("status"),
            Uses = Encoding.UTF8.GetString(reply.Part("uses") ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            Runs = int.TryParse(reply["runs"], out var runs) ? runs : 0,
        };
    }

    /// <summary>Holds that a change came to its end; gives what it said under a name.</summary>
    /// <exception cref="ProblemException">It failed, in words.</exception>
    public static string Require(ReadOnlySpan<byte> output, string errorLine, string value) => Done(output, errorLine)[value];

    private static HostReply Done(ReadOnlySpan<byte> output, string errorLine)
    {
        var reply = HostReply.Parse(output);
        if (!reply.IsWhole)
        {
            throw new ProblemException(
                reply.HasBegun ? "the host's answer was cut" : $"the host did not run the script{(errorLine.Length > 0 ? $": {errorLine}" : "")}",
                reply.HasBegun ? "cc-console agent status says what is there now; then the same again" : "The account needs a shell, and /bin/sh");
        }

        if (reply["status"] == "done")
        {
            return reply;
        }

        var said = string.Join("; ", Encoding.UTF8.GetString(reply.Part("error") ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(6));
        var (message, hint) = AgentCauses.Words(reply["cause"]);
        throw new ProblemException(said.Length > 0 ? $"{message}: {said}" : message, hint);
    }

    private static string[] Values(HostReply reply, string name) => [.. reply.Items.Where(item => item.Name == name && item.Bytes is null).Select(item => item.Value)];

    private static HostCommand Scripted(string script, IReadOnlyList<string> arguments) =>
        new(HostScript.Command(AgentScript.FromInput, arguments), Encoding.UTF8.GetBytes(AgentScript.Braced(script)));
}
