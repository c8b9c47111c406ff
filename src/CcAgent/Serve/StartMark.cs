using System.Globalization;
using System.Text.RegularExpressions;
using CcAgent.Native;

namespace CcAgent.Serve;

/// <summary>
/// The line on standard error by which a console learns that a host has started its command: the command that it sends to any
/// shell prints it first. As a forced command the agent is started in place of that, and gives the line itself. Nothing else of what
/// the client sent is looked at.
/// </summary>
internal static partial class StartMark
{
    /// <param name="command">What the client asked sshd for (sshd(8): SSH_ORIGINAL_COMMAND); null for nothing.</param>
    internal static void Answer(string? command)
    {
        if (command is not null && Mark().Match(command) is { Success: true } found)
            StandardStreams.WriteLine(StandardStreams.Error, string.Create(CultureInfo.InvariantCulture, $"{found.Groups[1].Value}{Environment.ProcessId}"));
    }

    [GeneratedRegex(@"\Aexec /bin/sh -c 'echo (cc-[0-9a-f]{32}:)\$\$ >&2;", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
