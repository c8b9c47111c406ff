using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Services;

namespace CcAgent.Verbs;

/// <summary>`unit`: prints what keeps the daemon going under a supervisor.</summary>
internal static class UnitVerb
{
    internal static int Run(ReadOnlySpan<string> arguments)
    {
        string? kind = null, agent = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--agent")
                agent = ++i < arguments.Length ? arguments[i] : throw VerbArguments.Usage("unit", "--agent needs a value");
            else if (arguments[i].StartsWith("--agent=", StringComparison.Ordinal))
                agent = arguments[i]["--agent=".Length..];
            else if (kind is null && !arguments[i].StartsWith('-'))
                kind = arguments[i];
            else
                throw VerbArguments.Usage("unit", $"unknown option {PlainText.Of(arguments[i])}");
        }

        agent ??= Environment.ProcessPath ?? throw new ProblemException("the agent's own path is not known", "name it with --agent");
        StandardStreams.WriteLine(StandardStreams.Output, Text(kind, agent).TrimEnd('\n'));
        return 0;
    }

    private static string Text(string? kind, string agent) => kind switch
    {
        "systemd" => ServiceText.Systemd(agent),
        "user" => ServiceText.SystemdUser(agent),
        "openrc" => ServiceText.OpenRc(agent),
        "run" => ServiceText.RunScript(agent),
        "container" => ServiceText.ContainerEntry(agent),
        "reboot" => "@reboot " + ServiceText.RebootCommand(agent),
        null => throw VerbArguments.Usage("unit", "for which supervisor"),
        _ => throw VerbArguments.Usage("unit", $"unknown supervisor {PlainText.Of(kind)}"),
    };
}
