using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// Writes and reads the wrapper's part of a line. Three readers stand between the text and the job: cron, the shell
/// that cron starts, and the shell that runs the command. What is written survives all three with every daemon:
/// single quotes; <c>'</c> as <c>'\''</c>; <c>%</c> as <c>\%</c>; and <c>''</c> between a backslash and a following
/// backslash or <c>%</c>, so that no two characters mean anything to cron by accident. busybox gives the text to the shell
/// as it stands, so there <c>%</c> stays <c>%</c>.
/// <para>
/// A further <c>''</c> before a backslash, which the shells do not see, says that the line had it doubled before it was
/// wrapped.
/// </para>
/// </summary>
public static class CommandWrapper
{
    /// <summary>The command part of the line.</summary>
    /// <param name="command">What is to be wrapped.</param>
    /// <param name="dialect">The daemon that shall read it; debian and cronie read the same line.</param>
    /// <exception cref="ProblemException">Something holds a NUL, CR or LF, which a line of a crontab cannot, or could not be read back.</exception>
    public static byte[] Wrap(WrappedCommand command, CronDialect dialect = CronDialect.Debian)
    {
        var isPercentBare = dialect == CronDialect.Busybox;
        if (isPercentBare)
        {
            CronCommand.RefuseInput(command.RawInput);
        }

        if (command.AgentPath.Length == 0 || command.AgentPath[0] == '-' || command.AgentPath.Contains('='))
        {
            throw new ProblemException($"\"{command.AgentPath}\" is not a path of the agent", "Give an absolute path without =");
        }

        if (command.Flags.FirstOrDefault(IsOwn) is { } own)
        {
            throw new ProblemException($"{own} is the wrapper's own and cannot be among its flags", "Give the flags of cc-agent exec alone");
        }

        if (command.RawInput is { } given && given.AsSpan().IndexOfAny((byte)'\n', (byte)0) >= 0)
        {
            throw new ProblemException("The job's input holds a NUL or a line feed", "Write % for a line feed");
        }

        var line = new List<byte>();
        Word(line, command.AgentPath, "The agent's path", isPercentBare);
        line.AddRange(" exec --job-id "u8);
        Quote(line, Encoding.UTF8.GetBytes(command.JobId), "The job's id", [], isPercentBare);
        if (command.SocketPath is { } socket)
        {
            line.AddRange(" --socket-path "u8);
            Quote(line, Encoding.UTF8.GetBytes(socket), "The socket's path", [], isPercentBare);
        }

        foreach (var flag in command.Flags)
        {
            line.Add((byte)' ');
            Word(line, flag, "A flag", isPercentBare);
        }

        line.AddRange(" -- "u8);
        Word(line, command.Shell, "The shell's path", isPercentBare);
        line.AddRange(" -c "u8);
        Quote(line, command.Command.Span, "The command", command.Doubled, isPercentBare);
        if (command.RawInput is { } input)
        {
            line.Add((byte)'%');
            line.AddRange(input);
        }

        return [.. line];
    }

    /// <summary>
    /// What a line runs through the wrapper; null for a foreign line. Takes the command part, or a whole line of a
    /// user's or a system table, paused or not. Lines of other wrappers of the same shape are read as the daemon
    /// reads them.
    /// </summary>
    public static WrappedCommand? Unwrap(ReadOnlySpan<byte> line, CronDialect dialect = CronDialect.Debian)
    {
        line = line.TrimEnd((byte)'\n');
        if (UnwrapCommand(line, dialect) is { } command)
        {
            return command;
        }

        line = line.StartsWith(CrontabDocument.PauseMark) ? line[CrontabDocument.PauseMark.Length..] : line;
        foreach (var system in (ReadOnlySpan<bool>)[false, true])
        {
            // A wrapped line may be too long for the daemon, and is ours nevertheless: read by the laxer limit.
            if (EntrySyntax.TryParse(line, CronDialect.Cronie, system, out var parts, out _)
                && UnwrapCommand(line.Slice(parts.CommandSpan.Start, parts.CommandSpan.Length), dialect) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <inheritdoc cref="Unwrap(ReadOnlySpan{byte}, CronDialect)"/>
    public static WrappedCommand? Unwrap(string line, CronDialect dialect = CronDialect.Debian) =>
        Unwrap(Encoding.UTF8.GetBytes(line), dialect);

    internal static void RefuseLineBreaks(ReadOnlySpan<byte> text, string what)
    {
        if (text.IndexOfAny((byte)0, (byte)'\r', (byte)'\n') >= 0)
        {
            throw new ProblemException(
                $"{what} holds a NUL, a carriage return or a line feed, which a line of a crontab cannot",
                "Put the text into a script and call that");
        }
    }

    private static WrappedCommand? UnwrapCommand(ReadOnlySpan<byte> raw, CronDialect dialect)
    {
        var split = CronCommand.Split(raw, dialect);
        if (ShellWords.TryRead(split.Shell.Span, out var words))
        {
            return FromWords(words, split.RawInput, isCut: false);
        }

        // Plain quoting with a bare % inside the quotes: cron cuts it, which leaves a quote open.
        return split.RawInput is not null && ShellWords.TryRead(raw, out words)
            ? FromWords(words, null, isCut: true)
            : null;
    }

    private static WrappedCommand? FromWords(List<ShellWord> words, byte[]? rawInput, bool isCut)
    {
        var end = words.FindIndex(static word => word.Is("--"u8));
        if (end < 2 || words[0].Text.Contains('=') || words.Count != end + 4 || !words[1].Is("exec"u8) || !words[end + 2].Is("-c"u8))
        {
            return null;
        }

        string? jobId = null, socket = null;
        var flags = new List<string>();
        for (var i = 2; i < end; i++)
        {
            var word = words[i].Text;
            if (word == "--job-id" && jobId is null && i + 1 < end)
            {
                jobId = words[++i].Text;
            }
            else if (word == "--socket-path" && socket is null && i + 1 < end)
            {
                socket = words[++i].Text;
            }
            else if (word.StartsWith("--job-id=", StringComparison.Ordinal) && jobId is null)
            {
                jobId = word["--job-id=".Length..];
            }
            else if (word.StartsWith("--socket-path=", StringComparison.Ordinal) && socket is null)
            {
                socket = word["--socket-path=".Length..];
            }
            else
            {
                flags.Add(word);
            }
        }

        return jobId is null ? null : new WrappedCommand(words[0].Text, jobId, socket, flags, words[^1].Bytes)
        {
            Shell = words[end + 1].Text,
            RawInput = rawInput,
            IsCutAtPercent = isCut,
            Doubled = words[^1].Doubled,
        };
    }

    /// <summary>What would end the flags, or stand for the job's id or the socket a second time.</summary>
    private static bool IsOwn(string flag) => flag is "--" or "--job-id" or "--socket-path"
        || flag.StartsWith("--job-id=", StringComparison.Ordinal) || flag.StartsWith("--socket-path=", StringComparison.Ordinal);

    private static void Word(List<byte> line, string text, string what, bool isPercentBare)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (text.Length > 0 && text.AsSpan().IndexOfAnyExcept(ShellWords.Safe) < 0)
        {
            line.AddRange(bytes);
        }
        else
        {
            Quote(line, bytes, what, [], isPercentBare);
        }
    }

    private static void Quote(List<byte> line, ReadOnlySpan<byte> text, string what, IReadOnlyList<int> doubled, bool isPercentBare)
    {
        RefuseLineBreaks(text, what);
        line.Add((byte)'\'');
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is (byte)'\\' or (byte)'%' && i > 0 && text[i - 1] == '\\')
            {
                line.AddRange("''"u8);
            }

            switch (text[i])
            {
                case (byte)'\'':
                    line.AddRange("'\\''"u8);
                    continue;
                case (byte)'%' when !isPercentBare:
                    line.Add((byte)'\\');
                    break;
                case (byte)'\\' when doubled.Contains(i):
                    line.AddRange("''"u8);
                    break;
            }

            line.Add(text[i]);
        }

        line.Add((byte)'\'');
    }
}
