using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent;

/// <summary>The agent's verbs. Exit code 0: good; 1: findings or failures; 2: usage or input and output.</summary>
internal static class AgentVerbs
{
    internal const string Version = "0.1.0";

    internal static int Run(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["exec", ..] => ExecVerb.Run(arguments),
                ["daemon", .. var rest] => Daemon(rest),
                ["--version"] => Print("cc-agent " + Version),
                _ => throw new ProblemException("unknown verb", "cc-agent --help"),
            };
        }
        catch (ProblemException e)
        {
            StandardStreams.Say(e.Message, e.Hint);
            return 2;
        }
    }

    private static int Daemon(string[] arguments)
    {
        string? directory = null;
        var appendOnly = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--append-only")
                appendOnly = true;
            else if (arguments[i] == "--dir" && i + 1 < arguments.Length)
                directory = arguments[++i];
            else
                throw new ProblemException($"daemon: unexpected argument {arguments[i]}", "cc-agent daemon --help");
        }

        return DaemonVerb.Run(directory, appendOnly);
    }

    private static int Print(string text)
    {
        StandardStreams.WriteLine(StandardStreams.Output, text);
        return 0;
    }
}
