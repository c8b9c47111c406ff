namespace CcConsole.Core.Crontab;

/// <summary>
/// Puts the wrapper around an entry that was there before, and takes it off again. The job sees no difference: the
/// same shell gets the same text, input stays with cron, and nothing else of the line changes.
/// </summary>
public static class Adoption
{
    /// <summary>The shells that read single quotes as POSIX says; fish and csh do not, so a line for them could change.</summary>
    private static readonly HashSet<string> PosixShells = ["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "yash", "busybox", "rbash"];

    /// <summary>The table in which the entry's command is wrapped.</summary>
    /// <exception cref="ProblemException">It is wrapped already, has no command, runs in a shell of its own kind, holds a
    /// carriage return, becomes too long, or could not be released to the same bytes.</exception>
    public static CrontabDocument Adopt(
        CrontabDocument table, EntryLine entry, string agentPath, string jobId, string? socketPath, IReadOnlyList<string> flags)
    {
        var raw = table.Slice(entry.CommandSpan);
        var split = CronCommand.Split(raw, table.Dialect);
        if (CommandWrapper.Unwrap(raw, table.Dialect) is { } wrapped)
        {
            throw new ProblemException($"Line {entry.Number} is wrapped already, as job {wrapped.JobId}", "Release it first to wrap it anew");
        }

        if (split.Shell.Span.Trim((byte)' ').IsEmpty)
        {
            throw new ProblemException($"Line {entry.Number} has no command to wrap", "Edit the entry first");
        }

        var after = table.ReplaceCommand(entry, CommandWrapper.Wrap(new WrappedCommand(agentPath, jobId, socketPath, flags, split.Shell)
        {
            Shell = ShellOf(table, entry),
            RawInput = split.RawInput,
            Doubled = split.Doubled,
        }, table.Dialect));
        byte[] before = table.HasFinalNewline ? table.ToBytes() : [.. table.Bytes, (byte)'\n'];
        return Release(after, (EntryLine)after.Lines[entry.Number - 1]).Bytes.SequenceEqual(before)
            ? after
            : throw new ProblemException($"Line {entry.Number} could not be released to the same bytes again", "Leave the entry as it is, and report this line");
    }

    /// <summary>
    /// The table in which our wrapper stands in the place of another one of the same shape: the job's id, its shell, its input, its
    /// command, and those flags that the agent takes (<see cref="WrapperFlags"/>) stay.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="entry">An entry that another program wraps.</param>
    /// <param name="agentPath">Where the agent lies.</param>
    /// <param name="socketPath">Its socket; null leaves it to the agent.</param>
    /// <param name="jobId">Another id than the line has; null to keep it.</param>
    /// <param name="mend">Whether a line that cron cuts at a <c>%</c> is written so that the job runs as it was meant.</param>
    /// <param name="flags">Other arguments of the wrapper than the line has; null to keep those.</param>
    /// <exception cref="ProblemException">The entry is not wrapped, or by the agent itself; or cron cuts it, and it is not to be mended.</exception>
    public static CrontabDocument Import(CrontabDocument table, EntryLine entry, string agentPath, string? socketPath, string? jobId = null, bool mend = false, IReadOnlyList<string>? flags = null)
    {
        var wrapped = CommandWrapper.Unwrap(table.Slice(entry.CommandSpan), table.Dialect)
            ?? throw new ProblemException($"Line {entry.Number} is not wrapped", "Adopt it instead");
        if (wrapped.IsCutAtPercent && !mend)
        {
            throw new ProblemException(
                $"Line {entry.Number} is broken: cron cuts it at a % within its quotes, so the job has never run as written", "Ask for it to be mended, and it will run as it was meant");
        }

        if (wrapped.AgentPath == agentPath && !wrapped.IsCutAtPercent)
        {
            throw new ProblemException($"Line {entry.Number} is wrapped already, as job {wrapped.JobId}", "Release it first to wrap it anew");
        }

        ShellOf(table, entry);
        return table.ReplaceCommand(entry, CommandWrapper.Wrap(
            wrapped with { AgentPath = agentPath, JobId = jobId ?? wrapped.JobId, SocketPath = socketPath, Flags = flags ?? WrapperFlags.Part(wrapped.Flags).Known }, table.Dialect));
    }

    /// <summary>The table in which a wrapped entry runs its command without the wrapper: for an adopted one the same bytes as before.</summary>
    /// <exception cref="ProblemException">The entry is foreign, was cut by cron, or would run in another shell without the wrapper.</exception>
    public static CrontabDocument Release(CrontabDocument table, EntryLine entry)
    {
        var wrapped = CommandWrapper.Unwrap(table.Slice(entry.CommandSpan), table.Dialect)
            ?? throw new ProblemException($"Line {entry.Number} is not wrapped", "Only a wrapped entry can be released");
        RequireSameShell(table, entry, wrapped);
        if (wrapped.IsCutAtPercent)
        {
            throw new ProblemException($"cron cuts line {entry.Number} at a % within its quotes, so the job has never run as written", "Mend it, or edit its command, which wraps it anew");
        }

        return table.ReplaceCommand(entry, CronCommand.Escape(wrapped.Command.Span, table.Dialect, wrapped.RawInput, wrapped.Doubled));
    }

    /// <exception cref="ProblemException">Without the wrapper cron would run the entry in another shell than now.</exception>
    public static void RequireSameShell(CrontabDocument table, EntryLine entry, WrappedCommand wrapped)
    {
        if (CronShell(table, entry) is var shell && wrapped.Shell != shell)
        {
            throw new ProblemException(
                $"Line {entry.Number} runs in {wrapped.Shell}, and without the wrapper cron would run it in {shell}",
                "Set SHELL above the entry, or edit the command");
        }
    }

    /// <summary>The shell that cron runs an entry with; null for one that is added at the end.</summary>
    /// <exception cref="ProblemException">The table sets one that does not read quotes as POSIX shells do.</exception>
    public static string ShellOf(CrontabDocument table, EntryLine? entry)
    {
        var shell = CronShell(table, entry);
        return PosixShells.Contains(shell[(shell.LastIndexOf('/') + 1)..])
            ? shell
            : throw new ProblemException(
                $"The table runs {(entry is null ? "what is added" : $"line {entry.Number}")} with SHELL={shell}, whose quoting differs from the POSIX shells'",
                "Move the command into a script, or set SHELL=/bin/sh above the entry");
    }

    internal static string CronShell(CrontabDocument table, EntryLine? entry) =>
        table.VariableAt(entry, "SHELL") is { Length: > 0 } set ? set : WrappedCommand.DefaultShell;
}
