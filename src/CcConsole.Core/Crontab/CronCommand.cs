using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// A command as cron splits it (crontab(5)): the first <c>%</c> without a backslash ends the text for the shell, and
/// what follows is the job's standard input. <c>\%</c> is <c>%</c>; debian also turns <c>\\</c> into <c>\</c>. busybox
/// does none of this: its shell gets the text as it stands, and its jobs have no input.
/// </summary>
public sealed class CronCommand
{
    private CronCommand(byte[] shell, byte[]? rawInput, int[] doubled)
    {
        (Shell, RawInput, Doubled) = (shell, rawInput, doubled);
    }

    /// <summary>What the shell gets as its command string.</summary>
    public ReadOnlyMemory<byte> Shell { get; }

    /// <summary>The text after the first bare <c>%</c>, as it stands in the table; null when there is none.</summary>
    public byte[]? RawInput { get; }

    /// <summary>The backslashes of <see cref="Shell"/> (by position) that were written double though one would do: what
    /// must be known to write the same bytes again.</summary>
    internal IReadOnlyList<int> Doubled { get; }

    /// <summary><see cref="Shell"/> as text, for showing.</summary>
    public string ShellText => Encoding.UTF8.GetString(Shell.Span);

    /// <summary>What the job reads on its standard input: each <c>%</c> is a line feed, <c>\%</c> a <c>%</c>, and a last line feed is added.</summary>
    public byte[] Input()
    {
        var input = new List<byte>();
        bool escaped = false, open = false;
        foreach (var b in RawInput ?? [])
        {
            if (b == '%')
            {
                input.Add(escaped ? b : (byte)'\n');
                (open, escaped) = (escaped, false);
                continue;
            }

            if (escaped)
            {
                input.Add((byte)'\\');
            }

            escaped = b == '\\';
            if (!escaped)
            {
                input.Add(b);
                open = true;
            }
        }

        if (escaped)
        {
            input.Add((byte)'\\');
        }

        // A backslash at the very end does not count for do_command.c: what stood before it decides.
        if (open)
        {
            input.Add((byte)'\n');
        }

        return [.. input];
    }

    /// <summary>Splits the command part of a line as the daemon does.</summary>
    public static CronCommand Split(ReadOnlySpan<byte> raw, CronDialect dialect)
    {
        var shell = new List<byte>(raw.Length);
        var doubled = new List<int>();
        byte[]? input = null;
        if (dialect == CronDialect.Busybox)
        {
            return new CronCommand(FoldedLine.Join(raw), null, []);
        }

        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '%')
            {
                input = raw[(i + 1)..].ToArray();
                break;
            }

            if (raw[i] != '\\' || i + 1 == raw.Length)
            {
                shell.Add(raw[i]);
                continue;
            }

            // A backslash and what it escapes.
            var next = raw[++i];
            if (next == '\\' && dialect == CronDialect.Debian)
            {
                doubled.Add(shell.Count);
                shell.Add(next);
            }
            else if (next == '%')
            {
                shell.Add(next);
            }
            else
            {
                shell.Add((byte)'\\');
                shell.Add(next);
            }
        }

        var text = shell.ToArray();
        doubled.RemoveAll(at => MustDouble(text, at, input is not null));
        return new CronCommand(text, input, [.. doubled]);
    }

    /// <summary>
    /// The command part of a line from which cron makes this text for the shell (and this input): the inverse of
    /// <see cref="Split"/>, with no more backslashes than needed.
    /// </summary>
    /// <exception cref="ProblemException">It holds a NUL, CR or LF, or the daemon has no notation for it: cronie for an odd number of backslashes
    /// before a <c>%</c>, busybox for input and for a backslash at the end.</exception>
    public static byte[] Escape(ReadOnlySpan<byte> shell, CronDialect dialect, byte[]? rawInput = null) =>
        Escape(shell, dialect, rawInput, []);

    internal static byte[] Escape(ReadOnlySpan<byte> shell, CronDialect dialect, byte[]? rawInput, IReadOnlyList<int> doubled)
    {
        CommandWrapper.RefuseLineBreaks(shell, "The command");
        if (dialect == CronDialect.Busybox)
        {
            RefuseInput(rawInput);
            return shell.EndsWith("\\"u8)
                ? throw new ProblemException("busybox reads a line that ends with a backslash as one with the next line", "Wrap the command, or put it into a script")
                : shell.ToArray();
        }

        var raw = new List<byte>(shell.Length + 8);
        for (var i = 0; i < shell.Length; i++)
        {
            if (shell[i] == '%' || (shell[i] == '\\' && dialect == CronDialect.Debian && (MustDouble(shell, i, rawInput is not null) || doubled.Contains(i))))
            {
                raw.Add((byte)'\\');
            }

            raw.Add(shell[i]);
        }

        if (rawInput is { } input)
        {
            raw.Add((byte)'%');
            raw.AddRange(input);
        }

        var bytes = raw.ToArray();
        var back = Split(bytes, dialect);
        return back.Shell.Span.SequenceEqual(shell) && (back.RawInput is null) == (rawInput is null)
            ? bytes
            : throw new ProblemException(
                "cronie has no notation for this command: a backslash stands before a percent sign or before the input",
                "Wrap the command, or put it into a script");
    }

    /// <exception cref="ProblemException">There is some.</exception>
    internal static void RefuseInput(byte[]? rawInput)
    {
        if (rawInput is not null)
        {
            throw new ProblemException("The job gets standard input from its line, and busybox cron gives none", "Put the input into the command: printf '…' | command");
        }
    }

    /// <summary>debian: a backslash before a backslash or a percent sign, or before the one that starts the input.</summary>
    private static bool MustDouble(ReadOnlySpan<byte> shell, int at, bool hasInput) =>
        at + 1 < shell.Length ? shell[at + 1] is (byte)'\\' or (byte)'%' : hasInput;
}
