using CcAgent.Exec;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>Answers crontab.discover: runs the same script as the console without an agent, and sends what it says in pieces.</summary>
internal sealed class DiscoveryStream
{
    private readonly MessageOutput _output;

    internal DiscoveryStream(MessageOutput output) => _output = output;

    /// <exception cref="CcConsole.Core.ProblemException">The script does not run, or its answer is not whole.</exception>
    internal void Run(OutgoingStream stream)
    {
        var result = ShellRun.Run(HostDiscovery.Command(), default);
        // What is wrong with the answer is said here, where its standard error is known.
        HostDiscovery.Check(result.ExitCode, result.Output, result.Error);
        stream.Opened = true;
        _output.Result(stream.Id, new StreamResult(stream.Id, result.Output.Length - 1), ProtocolJson.Default.StreamResult);
        for (var at = 0; at < result.Output.Length && stream.Take(); at += RpcLimits.DiscoveryBatchBytes)
        {
            _output.Notify(
                StreamMethods.CrontabFound,
                new CrontabFound(stream.Id, result.Output[at..Math.Min(result.Output.Length, at + RpcLimits.DiscoveryBatchBytes)]),
                ProtocolJson.Default.CrontabFound);
        }
    }
}
