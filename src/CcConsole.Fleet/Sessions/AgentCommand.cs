using System.Text;
using CcConsole.Core;

namespace CcConsole.Fleet.Sessions;

/// <summary>How the agent is found and started on a host; all text is for <c>/bin/sh</c>.</summary>
internal static class AgentCommand
{
    /// <summary>The exit code of a shell that did not find the command.</summary>
    public const int NotInstalled = 127;

    /// <summary>
    /// Looks for the agent and becomes its <c>serve</c>. Before that it prints the path that it found, on a line of its own: an
    /// entry of a table names the agent by its path. A path that was configured and is not there is no reason to take another one.
    /// </summary>
    public static string Serve(string? agentPath, string? agentDir)
    {
        StringBuilder script = new();
        if (agentPath is not null)
        {
            script.Append("a=").Append(ShellQuote.Posix(agentPath)).Append("; ");
        }
        else
        {
            script.Append("a=$(command -v cc-agent 2>/dev/null); for c in \"$a\" /usr/local/bin/cc-agent /usr/bin/cc-agent \"$HOME/.local/bin/cc-agent\"; do "
                + "case $c in /*) if [ -x \"$c\" ]; then a=$c; break; fi;; esac; a=; done; ");
        }

        script.Append("[ -n \"$a\" ] && [ -x \"$a\" ] || exit ").Append(NotInstalled).Append("; printf 'agent-path %s\\n' \"$a\"; exec \"$a\" serve");
        if (agentDir is not null)
        {
            script.Append(" --dir ").Append(ShellQuote.Posix(agentDir));
        }

        return script.ToString();
    }
}
