using System.Text;
using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>
/// A command as it is handed to the login shell of the account, which may be any: the words below mean the same to
/// sh, csh and fish. The process number of the command comes back as one line on standard error, so that it can be
/// signalled; sshd makes it the leader of a session of its own, and exec keeps the number.
/// </summary>
internal sealed class RemoteCommand
{
    /// <summary>Linux takes no argument of 128 KiB or more (MAX_ARG_STRLEN), and sshd hands the command over as one.</summary>
    private const int LongestText = 120_000;

    private RemoteCommand(string text, byte[]? mark)
    {
        Text = text;
        Mark = mark;
    }

    /// <summary>What is given to ssh.</summary>
    internal string Text { get; }

    /// <summary>Start of the line on standard error that says the command has been started; null for none.</summary>
    internal byte[]? Mark { get; }

    /// <exception cref="ProblemException">It cannot be given to a shell.</exception>
    internal static RemoteCommand Create(string command, bool verbatim)
    {
        Check(command);
        if (verbatim)
            return new RemoteCommand(command, null);
        string mark = $"cc-{Guid.NewGuid():N}:";
        string text = $"exec /bin/sh -c 'echo {mark}$$ >&2; exec /bin/sh -c \"$(printf %b \"$1\")\"' sh {ShellQuote.Any(command)}";
        return text.Length <= LongestText
            ? new RemoteCommand(text, Encoding.ASCII.GetBytes(mark))
            : throw new ProblemException(
                "The command is too long to be given to a host", "Give its bulk to it on standard input.");
    }

    /// <exception cref="ProblemException">It holds a NUL, which no shell can be given.</exception>
    internal static void Check(string command)
    {
        if (command.Contains('\0'))
            throw new ProblemException("A command holds a NUL character, which no shell can be given", "Remove it.");
    }
}
