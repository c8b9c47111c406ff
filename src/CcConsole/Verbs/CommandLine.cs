using System.Text.Unicode;
using CcConsole.Core;

namespace CcConsole.Verbs;

/// <summary>
/// The bytes of the command line. The runtime replaces what is not UTF-8 by U+FFFD: a command with such a
/// byte would be written into a crontab as another one, so it is refused.
/// </summary>
internal static class CommandLine
{
    private const string Raw = "/proc/self/cmdline"; // proc(5)

    /// <summary>Why the arguments cannot be taken as they were given; null when they can.</summary>
    public static ProblemException? Problem(string[] arguments)
    {
        if (!Array.Exists(arguments, argument => argument.Contains('\uFFFD')) || !File.Exists(Raw)) return null;
        return Utf8.IsValid(File.ReadAllBytes(Raw))
            ? null
            : new ProblemException("An argument is not valid UTF-8, and would be changed", "put the text into a script, and name that");
    }
}
