using System.CommandLine;
using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Verbs.Jobs;

namespace CcConsole.Verbs.Crontab;

/// <summary><c>crontab wrap</c>: prints the command part of a line that runs COMMAND through the agent.</summary>
internal static class WrapVerb
{
    private const string DefaultAgent = "/usr/local/bin/cc-agent";

    private static readonly Option<string> JobId = new("--job-id") { Description = "The job's id", Required = true, HelpName = "ID" };
    private static readonly Option<string?> SocketPath = new("--socket-path") { Description = "The agent's socket; left to the agent when not given", HelpName = "PATH" };
    private static readonly Option<string> Agent = new("--agent") { Description = "The agent on the host", HelpName = "PATH", DefaultValueFactory = _ => DefaultAgent };
    private static readonly Argument<string> Command = new("COMMAND") { Description = "What the job runs, as one argument" };

    public static Command Create() => Verb.Create(
        "wrap", "Print the command part of a crontab line that runs COMMAND through the agent",
        "cc-console crontab wrap --job-id backup -- 'tar cf /srv/b.tar /home && date +%F'",
        RunAsync, [JobId, SocketPath, Agent, CrontabOptions.Dialect, .. WrapperOptions.All, Command]);

    private static Task<int> RunAsync(VerbContext context)
    {
        var command = new WrappedCommand(context.Get(Agent), context.Get(JobId), context.Get(SocketPath), WrapperOptions.Of(context, null) ?? [], context.Get(Command));
        string line = Encoding.UTF8.GetString(CommandWrapper.Wrap(command, context.Get(CrontabOptions.Dialect)));
        if (context.Json) context.Document(json => json.WriteString("command", line));
        else context.WriteData(line);
        return Task.FromResult(Verb.Good);
    }
}
