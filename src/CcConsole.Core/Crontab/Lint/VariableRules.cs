using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What a variable's line does that it does not seem to say.</summary>
internal static class VariableRules
{
    private static readonly string[] ShellWords = ["export ", "set ", "setenv ", "declare ", "alias "];

    public static void Check(LintSink sink, VariableLine line)
    {
        var table = sink.Table;
        var text = table.Slice(line.Span);
        var limit = table.Dialect switch { CronDialect.Debian => VariableSyntax.DebianLimit, CronDialect.Cronie => CommandBudget.CronieLimit, _ => int.MaxValue };
        var start = EntrySyntax.SkipBlanks(text, 0);
        if (text.Length - start > limit)
        {
            Add(LintCodes.VariableCut, new(line.Span.Start + start + limit, text.Length - start - limit), $"the daemon reads {limit} bytes of the line and drops the rest without a word",
                "Shorten the value, or set it in a script");
        }

        if (!IsName(line.Name))
        {
            Add(LintCodes.OddVariableName, line.Span, $"the daemon takes the line for a variable named \"{line.Name}\", which no shell can use",
                "If an entry is meant, put its = into a script; names have letters, digits and _");
        }

        CheckKnown(line, Add);
        CheckValue(table, line, text, Add);

        void Add(LintCode code, ByteSpan span, string message, string hint) => sink.Add(code, LintPart.Variable, line, span, message, hint);
    }

    /// <summary>A line that shell would read as a setting, and cron does not.</summary>
    public static bool IsShell(ReadOnlySpan<byte> line)
    {
        foreach (var word in ShellWords)
        {
            if (line.Length > word.Length && System.Text.Ascii.Equals(line[..word.Length], word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Settings of which one overrides the other, and those below the last entry.</summary>
    public static void CheckOrder(LintSink sink)
    {
        var pending = new Dictionary<string, VariableLine>(StringComparer.Ordinal);
        var hasEntry = false;
        foreach (var line in sink.Table.Lines)
        {
            if (line is EntryLine or UnparsedLine)
            {
                // What is paused or refused may be put right: the variables above it are for it.
                hasEntry = true;
                pending.Clear();
            }
            else if (line is VariableLine variable)
            {
                if (pending.TryGetValue(variable.Name, out var first))
                {
                    sink.Add(LintCodes.VariableOverridden, LintPart.Variable, first, first.Span, $"{first.Name} is set again in line {variable.Number}, before any entry", "Remove one of the two lines");
                }

                pending[variable.Name] = variable;
            }
        }

        if (!hasEntry)
        {
            return;
        }

        foreach (var variable in pending.Values)
        {
            sink.Add(LintCodes.VariableUnused, LintPart.Variable, variable, variable.Span, $"no entry follows {variable.Name}, which holds only for those below it", "Move it above the entries that it is for");
        }
    }

    private static void CheckKnown(VariableLine line, Action<LintCode, ByteSpan, string, string> add)
    {
        switch (line.Name)
        {
            case "SHELL" when line.Value.Length > 0 && line.Value[0] is not ('/' or '"' or '\''):
                add(LintCodes.ShellNotAbsolute, line.Span, $"the daemon starts {line.Value} by that path, and searches no PATH for it", $"Write the whole path, such as /bin/{Path(line.Value)}");
                break;
            case "LOGNAME" or "USER":
                add(LintCodes.VariableIgnored, line.Span, $"the daemon sets {line.Name} itself, to the user whose job it is", "Remove the line");
                break;
        }
    }

    private static string Path(string shell) => shell[(shell.LastIndexOf('/') + 1)..];

    private static void CheckValue(CrontabDocument table, VariableLine line, ReadOnlySpan<byte> text, Action<LintCode, ByteSpan, string, string> add)
    {
        if (line.Name == "CRON_TZ" && table.Dialect == CronDialect.Debian)
        {
            add(LintCodes.CronTzIgnored, line.Span, "debian's cron gives CRON_TZ to the jobs and reads the schedules in its own zone", "Write the schedules in the host's zone");
        }
        else if (line.Name == "RANDOM_DELAY")
        {
            CheckDelay(table, line, add);
        }

        var equals = text.IndexOf((byte)'=');
        var value = text[(equals + 1)..].Trim(" \t"u8);
        var isQuoted = !value.IsEmpty && value[0] is (byte)'"' or (byte)'\'';
        if (table.Dialect == CronDialect.Busybox)
        {
            if (isQuoted)
            {
                add(LintCodes.QuotesKept, line.Span, "busybox keeps the quotes as a part of the value", "Remove the quotes; a value is one word");
            }
        }
        else if (!isQuoted && text.IndexOf(" #"u8) is >= 0 and var hash && hash > equals)
        {
            add(LintCodes.CommentInValue, new(line.Span.Start + hash + 1, text.Length - hash - 1), "a comment has a line of its own: this one is a part of the value", "Move the comment to the line above");
        }

        if (Expansion(line.Value) is { } expansion)
        {
            add(LintCodes.VariableNotExpanded, line.Span, $"{expansion} stays as it stands: no shell reads a table's variables", "Write the value out, or set it in the command");
        }
    }

    private static void CheckDelay(CrontabDocument table, VariableLine line, Action<LintCode, ByteSpan, string, string> add)
    {
        if (table.Dialect == CronDialect.Debian)
        {
            add(LintCodes.RandomDelay, line.Span, "debian's cron knows no RANDOM_DELAY: the jobs get it as any variable", "Put a random sleep into the command");
        }
        else if (!int.TryParse(line.Value, out var minutes) || minutes is < 0 or > 24 * 60)
        {
            add(LintCodes.RandomDelay, line.Span, "cronie takes 0 to 1440 minutes, and drops any other RANDOM_DELAY", "Write a number of minutes");
        }
    }

    /// <summary>What a shell would expand in a value; null when there is nothing.</summary>
    private static string? Expansion(string value)
    {
        for (var at = value.IndexOf('$', StringComparison.Ordinal); at >= 0 && at + 1 < value.Length; at = value.IndexOf('$', at + 1))
        {
            if (char.IsAsciiLetter(value[at + 1]) || value[at + 1] is '{' or '(' or '_')
            {
                var end = at + 1;
                while (end < value.Length && (char.IsAsciiLetterOrDigit(value[end]) || value[end] is '_' or '{' or '}' or '('))
                {
                    end++;
                }

                return value[at..end];
            }
        }

        return value.StartsWith("~/", StringComparison.Ordinal) || value.Contains(":~/", StringComparison.Ordinal) ? "~" : null;
    }

    private static bool IsName(string name)
    {
        var isGood = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var c in name)
        {
            isGood &= char.IsAsciiLetterOrDigit(c) || c == '_';
        }

        return isGood;
    }
}
