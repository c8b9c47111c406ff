using System.Runtime.CompilerServices;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;

namespace CcConsole.Fleet.Jobs;

/// <summary>A run by the host's agent.</summary>
internal static class AgentRun
{
    private const int Credit = 256;

    public static async IAsyncEnumerable<RunEvent> StartAsync(AgentSession agent, RunRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        JobRunParams parameters = new(request.Command.ToArray(), request.Input,
            [.. request.Variables.Select(static variable => new JobVariable(variable.Name, variable.Value))],
            request.User, Credit, request.IsSystem);
        (JobRunResult started, AgentStream stream) = await agent.OpenStreamAsync(Methods.JobRun, parameters, Credit,
            ProtocolJson.Default.JobRunParams, ProtocolJson.Default.JobRunResult, cancellation).ConfigureAwait(false);
        bool ended = false;
        try
        {
            foreach (string note in started.Notes ?? [])
            {
                yield return new RunNote(note);
            }

            await foreach (RpcMessage message in stream.ReadAsync(mayBeSilent: true, cancellation).ConfigureAwait(false))
            {
                if (message.Method == StreamMethods.JobOutput)
                {
                    JobOutput output = AgentSession.Read(message.Params, ProtocolJson.Default.JobOutput);
                    yield return new RunOutput(output.Channel == "stderr", output.Bytes);
                }
                else if (message.Method == StreamMethods.JobEnded)
                {
                    JobEnded end = AgentSession.Read(message.Params, ProtocolJson.Default.JobEnded);
                    ended = true;
                    yield return new RunEnded(end.ExitCode, TimeSpan.FromMilliseconds(end.DurationMs), end.Signal);
                }
            }
        }
        finally
        {
            if (!ended)
            {
                await StopAsync(agent, started.Stream).ConfigureAwait(false);
            }

            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task StopAsync(AgentSession agent, long stream)
    {
        try
        {
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
            await agent.RequestAsync(Methods.JobStop, new JobStopParams(stream), ProtocolJson.Default.JobStopParams, ProtocolJson.Default.Done, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Core.ProblemException or OperationCanceledException)
        {
            // The session is gone, or the job has ended meanwhile: the agent ends what it runs with its session.
        }
    }
}
