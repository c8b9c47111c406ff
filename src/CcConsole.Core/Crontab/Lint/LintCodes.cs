namespace CcConsole.Core.Crontab.Lint;

/// <summary>All kinds of findings. A name, once given, keeps its meaning: scripts match it.</summary>
public static class LintCodes
{
    private static readonly List<LintCode> Known = [];

    /// <summary>Every code, errors first, in the order of this file.</summary>
    public static IReadOnlyList<LintCode> All => Known;

    internal static LintCode BadMinute { get; } = Error("bad-minute", "The minute is none that the daemon reads");

    internal static LintCode BadHour { get; } = Error("bad-hour", "The hour is none that the daemon reads");

    internal static LintCode BadDayOfMonth { get; } = Error("bad-day-of-month", "The day of the month is none that the daemon reads");

    internal static LintCode BadMonth { get; } = Error("bad-month", "The month is none that the daemon reads");

    internal static LintCode BadDayOfWeek { get; } = Error("bad-day-of-week", "The day of the week is none that the daemon reads");

    internal static LintCode BadTimeSpecifier { get; } = Error("bad-time-specifier", "The @word is none that the daemon knows");

    internal static LintCode BadCommand { get; } = Error("bad-command", "There is no command, or a * stands where it should begin");

    internal static LintCode BadOption { get; } = Error("bad-option", "A - where cronie reads options is none that it takes");

    internal static LintCode CommandTooLong { get; } = Error("command-too-long", "The command is longer than the daemon takes");

    internal static LintCode BadVariable { get; } = Error("bad-variable", "A line that looks like NAME=value is neither a variable nor an entry for the daemon");

    internal static LintCode ShellSyntax { get; } = Error("shell-syntax", "A line of shell, such as export NAME=value, is no variable in a crontab");

    internal static LintCode LoneCarriageReturn { get; } = Error("lone-carriage-return", "A line holds nothing but a carriage return, which the daemon takes for a bad entry");

    internal static LintCode ByteOrderMark { get; } = Error("byte-order-mark", "The table begins with a byte order mark, which makes the first line a bad entry");

    internal static LintCode InvisibleBlank { get; } = Error("invisible-blank", "A no-break space or another character that looks like a blank stands in the schedule");

    internal static LintCode NulByte { get; } = Error("nul-byte", "A byte NUL ends the line for the daemon, and what follows it is read as another line");

    internal static LintCode MissingUser { get; } = Error("missing-user", "An entry of a system table has no user before its command");

    internal static LintCode UnknownUser { get; } = Error("unknown-user", "The host has no user of this name");

    internal static LintCode MissingFinalNewline { get; } = Error("missing-final-newline", "The last line does not end with a line feed");

    internal static LintCode TooManyLines { get; } = Error("too-many-lines", "The table has more lines than the daemon reads");

    internal static LintCode TooManyEntries { get; } = Error("too-many-entries", "The table has more entries than the daemon takes");

    internal static LintCode TooManyVariables { get; } = Error("too-many-variables", "The table has more variables than the daemon takes");

    internal static LintCode TooMuchFiller { get; } = Error("too-much-filler", "More comments, empty lines and blanks follow one another than the daemon reads");

    internal static LintCode IgnoredFile { get; } = Error("ignored-file", "The daemon passes over the whole file, for its name, owner, mode or links");

    internal static LintCode IgnoredLine { get; } = Error("ignored-line", "The daemon passes over the line");

    internal static LintCode NeverFires { get; } = Warning("never-fires", "No moment matches the schedule");

    internal static LintCode EmptyRange { get; } = Warning("empty-range", "A range ends before it starts, and stands for nothing");

    internal static LintCode RangeToZero { get; } = Warning("range-to-zero", "A range that ends with 0 ends with 7 for the daemon");

    internal static LintCode DroppedTail { get; } = Warning("dropped-tail", "The end of a field is dropped without a word");

    internal static LintCode TildeNotRandom { get; } = Warning("tilde-not-random", "The daemon does not know ~: the first value is used, each time");

    internal static LintCode NumberOverflow { get; } = Warning("number-overflow", "A number of so many digits wraps around");

    internal static LintCode StepTooLarge { get; } = Warning("step-too-large", "A step is larger than its range, so that only the first value matches");

    internal static LintCode EitherDay { get; } = Warning("either-day", "Both day fields are restricted: a day that matches either of them will do");

    internal static LintCode PartialField { get; } = Warning("partial-field", "The daemon reports the field and then runs by what it had read of it");

    internal static LintCode SixthField { get; } = Warning("sixth-field", "What looks like a sixth field of the schedule is the start of the command");

    internal static LintCode UserInUserTable { get; } = Warning("user-in-user-table", "What looks like a user's name is the start of the command");

    internal static LintCode NoCommand { get; } = Warning("no-command", "The entry has no command, and the daemon takes it nevertheless");

    internal static LintCode CommandCut { get; } = Warning("command-cut", "The end of the command is cut off");

    internal static LintCode CarriageReturn { get; } = Warning("carriage-return", "The command ends with a carriage return, which the shell takes for a part of it");

    internal static LintCode InvisibleCharacter { get; } = Warning("invisible-character", "The command holds a no-break space or another character that cannot be seen");

    internal static LintCode LineContinuation { get; } = Warning("line-continuation", "A backslash at the end of a line does not do what it does in a shell");

    internal static LintCode PercentInQuotes { get; } = Warning("percent-in-quotes", "A bare % ends the command within quotes");

    internal static LintCode PercentInFormat { get; } = Warning("percent-in-format", "A bare % of what looks like a format ends the command");

    internal static LintCode EscapedPercent { get; } = Warning("escaped-percent", "The daemon gives % no meaning, so the backslash before it reaches the program");

    internal static LintCode OptionIsCommand { get; } = Warning("option-is-command", "What cronie takes for an option is the start of the command");

    internal static LintCode HashCutsCommand { get; } = Warning("hash-cuts-command", "A # ends the line for the daemon, within a command too");

    internal static LintCode DuplicateEntry { get; } = Warning("duplicate-entry", "The same command runs twice at the same times");

    internal static LintCode OddVariableName { get; } = Warning("odd-variable-name", "The line is a variable, of a name that no shell can use");

    internal static LintCode VariableCut { get; } = Warning("variable-cut", "The end of the variable's line is cut off");

    internal static LintCode VariableNotExpanded { get; } = Warning("variable-not-expanded", "Nothing expands $NAME, ~ or a command in a variable's value");

    internal static LintCode CommentInValue { get; } = Warning("comment-in-value", "What looks like a comment is a part of the variable's value");

    internal static LintCode VariableOverridden { get; } = Warning("variable-overridden", "The variable is set again before any entry uses it");

    internal static LintCode VariableIgnored { get; } = Warning("variable-ignored", "The daemon does not take the variable from a table");

    internal static LintCode VariableUnused { get; } = Warning("variable-unused", "No entry follows the variable, which holds only for those below it");

    internal static LintCode QuotesKept { get; } = Warning("quotes-kept", "The daemon keeps the quotes around the value");

    internal static LintCode ShellNotAbsolute { get; } = Warning("shell-not-absolute", "SHELL is not an absolute path, and the daemon searches no PATH for it");

    internal static LintCode CronTzIgnored { get; } = Warning("cron-tz-ignored", "The daemon reads no zone from the table: the schedules stay in its own");

    internal static LintCode RandomDelay { get; } = Warning("random-delay", "RANDOM_DELAY has no effect as it stands");

    internal static LintCode BothDays { get; } = Note("both-days", "A day must match both day fields, since one of them starts with a star");

    internal static LintCode UnevenStep { get; } = Note("uneven-step", "The step starts anew with each hour or day");

    internal static LintCode RebootEntry { get; } = Note("reboot-entry", "The entry runs only when the system starts");

    internal static LintCode CommandNearLimit { get; } = Note("command-near-limit", "The command has nearly the length that the daemon takes");

    private static LintCode Error(string name, string meaning) => Add(new(name, LintSeverity.Error, meaning));

    private static LintCode Warning(string name, string meaning) => Add(new(name, LintSeverity.Warning, meaning));

    private static LintCode Note(string name, string meaning) => Add(new(name, LintSeverity.Note, meaning));

    private static LintCode Add(LintCode code)
    {
        Known.Add(code);
        return code;
    }
}
