using System.Reflection;
using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Serve;
using CcAgent.Verbs;
using CcConsole.Core;

namespace CcAgent;

/// <summary>The agent's verbs. Exit code 0: good; 1: findings or failures; 2: usage or input and output.</summary>
internal static class AgentVerbs
{
    /// <summary>This build's version, as src/Directory.Build.props names it.</summary>
    internal static string Version =>
        typeof(AgentVerbs).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    internal static int Run(string[] arguments)
    {
        StandardStreams.Occupy();
        try
        {
            // First, and with as little before it as can be: it stands before every job.
            if (arguments is ["exec", ..])
                return arguments is ["exec", "--help"] ? Print(HelpText.Exec) : ExecVerb.Run(arguments);
            return arguments switch
            {
                [Launch.Verb, ..] => Launch.Run(arguments),
                [Relay.Verb, ..] => Relay.Run(arguments),
                _ => Other(arguments),
            };
        }
        catch (ProblemException e)
        {
            StandardStreams.Say(e.Message, e.Hint);
            return 2;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StandardStreams.Say(e.Message);
            return 2;
        }
    }

    private static int Other(string[] arguments)
    {
        switch (arguments)
        {
            case ["--version"]:
                return Print("cc-agent " + Version);
            case ["--help"] or ["help"]:
                return Print(HelpText.Agent);
            case [var verb, .., "--help"]:
                return Print(verb switch
                {
                    "daemon" => HelpText.Daemon,
                    "serve" => HelpText.Serve,
                    "report" => HelpText.Report,
                    "audit" => HelpText.Audit,
                    "status" => HelpText.Status,
                    "unit" => HelpText.Unit,
                    _ => HelpText.Agent,
                });
            case ["daemon", .. var rest]:
                var daemon = VerbArguments.Parse("daemon", rest, "--dir", "--settings", "--append-only");
                return DaemonVerb.Run(daemon.Directory, daemon.Settings, daemon.AppendOnly);
            case ["serve", .. var rest]:
                return Serve(VerbArguments.Parse("serve", rest, "--dir", "--policy"));
            case ["report", "list", .. var rest]:
                return ReportVerb.List(VerbArguments.Parse("report", rest, "--dir", "--json", "--limit"));
            case ["report", "tail", .. var rest]:
                return ReportVerb.Tail(VerbArguments.Parse("report", rest, "--dir", "--json", "--limit"));
            case ["audit", "verify", .. var rest]:
                return AuditVerb.Verify(VerbArguments.Parse("audit", rest, "--dir", "--json"));
            case ["audit", "show", .. var rest]:
                return AuditVerb.Show(VerbArguments.Parse("audit", rest, "--dir", "--json", "--limit"));
            case ["status", .. var rest]:
                return StatusVerb.Run(VerbArguments.Parse("status", rest, "--dir", "--json"));
            case ["unit", .. var rest]:
                return UnitVerb.Run(rest);
            default:
                throw new ProblemException(
                    arguments.Length == 0 ? "a verb is missing" : $"unknown verb {PlainText.Of(arguments[0])}", "cc-agent --help");
        }
    }

    private static int Serve(VerbArguments arguments)
    {
        var (policy, places) = (ServePolicy.Named(arguments.Policy), arguments.Places);
        SecureDirectory.Require(places.Data, places.Owner);
        if (policy.Name is not null)
            StartMark.Answer(Environment.GetEnvironmentVariable("SSH_ORIGINAL_COMMAND"));
        return new ServeSession(places, policy).Run();
    }

    private static int Print(string text)
    {
        StandardStreams.WriteLine(StandardStreams.Output, text);
        return 0;
    }
}
