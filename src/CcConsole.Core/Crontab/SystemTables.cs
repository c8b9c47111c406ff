using CcConsole.Core.Cron;
using CcConsole.Core.Crontab.Lint;

namespace CcConsole.Core.Crontab;

/// <summary>What the daemons ask of tables before they read or install them, so far as it is seen in name and content.</summary>
public static class SystemTables
{
    /// <summary>
    /// Why a change of a system table is not to be made: the daemon would ignore the file, or a line of it, and does not
    /// so far. Null when there is no such reason, and for a user's table, which its own crontab checks.
    /// </summary>
    /// <param name="table">Which.</param>
    /// <param name="dialect">Whose rules.</param>
    /// <param name="before">As it is; null when there is none.</param>
    /// <param name="after">As it is to be; null when there is to be none.</param>
    public static ProblemException? Refusal(TableId table, CronDialect dialect, byte[]? before, byte[]? after)
    {
        if (!table.IsSystem || after is null)
        {
            return null;
        }

        if (before is null)
        {
            // Made by this program, it will belong to root with mode 0644: what is left is the name, and whether the daemon reads such files at all.
            var file = new TableFile(table.FileName is null ? TablePlace.EtcCrontab : TablePlace.CronD, table.FileName ?? "crontab", OwnerUid: 0, Mode: 0b110_100_100);
            if (FileRules.WhyIgnored(file, dialect) is { } problem)
            {
                return new ProblemException($"The daemon would ignore {table.Name}, because {problem}", dialect == CronDialect.Busybox ? "Use a user's table" : "Choose another name");
            }
        }

        var wanted = CrontabDocument.Parse(after, dialect, isSystem: true);
        if (wanted.IsAccepted || (before is not null && !CrontabDocument.Parse(before, dialect, isSystem: true).IsAccepted))
        {
            return null;
        }

        return new ProblemException(
            $"The daemon would ignore {(dialect == CronDialect.Debian ? $"the whole of {table.Name}" : $"a part of {table.Name}")}: {Fault(wanted)}",
            "Correct the line; nothing was written");
    }

    /// <summary>
    /// Why the daemon's own <c>crontab</c>, which has the last word, is going to refuse a user's table; null when it is not, and for
    /// a system table. The line numbers are this program's: Debian's name the line after the one at fault, now and then.
    /// </summary>
    /// <param name="table">Which.</param>
    /// <param name="dialect">Whose rules.</param>
    /// <param name="after">As it is to be.</param>
    public static string? Objection(TableId table, CronDialect dialect, ReadOnlySpan<byte> after)
    {
        // busybox's crontab installs whatever it is given.
        if (table.IsSystem || dialect == CronDialect.Busybox)
        {
            return null;
        }

        var wanted = CrontabDocument.Parse(after, dialect);
        return wanted.IsAccepted ? null : $"crontab is going to refuse {table.Words} whole: {Fault(wanted)}; correct or remove that line first";
    }

    /// <summary>The users that the entries of a system table name, paused ones left out.</summary>
    public static IEnumerable<string> Users(ReadOnlySpan<byte> table) => CrontabDocument.Parse(table, isSystem: true).Entries
        .Where(static entry => !entry.IsPaused).Select(static entry => entry.User!).Distinct(StringComparer.Ordinal);

    /// <summary>The first thing that keeps a table from being read whole; empty when nothing does.</summary>
    internal static string Fault(CrontabDocument table) =>
        table.Lines.OfType<UnparsedLine>().FirstOrDefault() is { } bad ? $"line {bad.Number}: {bad.Problem}"
        : !table.HasFinalNewline ? $"line {table.Lines.Count}, the last one, has no line feed at its end"
        : "it is too long";
}
