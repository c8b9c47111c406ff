using System.Globalization;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What the daemons ask of a table's file before they read it (debian: database.c, process_crontab; cronie:
/// database.c, check_open and not_a_crontab; busybox: crond.c, load_crontab).</summary>
public static class FileRules
{
    private const int Root = 0;

    /// <summary>Why the daemon passes over a file, in words; null when it reads it.</summary>
    public static string? WhyIgnored(TableFile file, CronDialect dialect) => dialect switch
    {
        CronDialect.Debian => Debian(file),
        CronDialect.Cronie => Cronie(file),
        _ => Busybox(file),
    };

    private static string? Debian(TableFile file)
    {
        if (file.Place == TablePlace.CronD && (file.Name.Length == 0 || file.Name.AsSpan().ContainsAnyExcept(DebianName)))
        {
            return $"of {file.Name}: a name in /etc/cron.d has only letters, digits, _ and -, and so no dot";
        }

        if (!file.IsRegular)
        {
            return "it is no regular file";
        }

        if (file.Place != TablePlace.Spool)
        {
            return file.LinkOwnerUid is { } owner && owner != Root ? $"the link to it belongs to uid {owner}, not to root"
                : file.OwnerUid != Root ? $"it belongs to uid {file.OwnerUid}, not to root"
                : (file.Mode & Octal("022")) != 0 ? $"its mode {Mode(file)} lets others than root write to it"
                : Links(file);
        }

        return file.LinkOwnerUid is not null ? "it is a symbolic link"
            : file.TableUid is { } user && file.OwnerUid != user && file.OwnerUid != Root ? $"it belongs to uid {file.OwnerUid}, not to the user whose table it is"
            : (file.Mode & Octal("7777")) != Octal("600") ? $"its mode is {Mode(file)}, not 0600"
            : Links(file);
    }

    private static string? Cronie(TableFile file)
    {
        if (file.Place == TablePlace.CronD && IsLeftOver(file.Name))
        {
            return $"of {file.Name}: cronie passes over names that begin with . or #, or end with ~, .rpmsave, .rpmorig or .rpmnew";
        }

        return !file.IsRegular ? "it is no regular file"
            : (file.Mode & Octal("7533")) != Octal("400") ? $"its mode is {Mode(file)}: only its owner may write to it, and nobody may execute it"
            : file.OwnerUid != Root && (file.Place != TablePlace.Spool || (file.TableUid is { } user && file.OwnerUid != user)) ? $"it belongs to uid {file.OwnerUid}, not to root{(file.Place == TablePlace.Spool ? " or the user whose table it is" : "")}"
            : file.Place == TablePlace.Spool ? Links(file)
            : null;
    }

    private static string? Busybox(TableFile file) =>
        file.Place != TablePlace.Spool ? "busybox crond reads no system tables"
        : file.Name.Contains('.', StringComparison.Ordinal) ? $"of the dot in its name {file.Name}"
        : file.OwnerUid != Root ? $"it belongs to uid {file.OwnerUid}, not to root"
        : null;

    private static bool IsLeftOver(string name) => name.Length == 0 || name[0] is '.' or '#' || name[^1] == '~'
        || name.EndsWith(".rpmsave", StringComparison.Ordinal) || name.EndsWith(".rpmorig", StringComparison.Ordinal) || name.EndsWith(".rpmnew", StringComparison.Ordinal);

    private static string? Links(TableFile file) => file.Links == 1 ? null : $"it has {file.Links} hard links";

    private static int Octal(string digits) => Convert.ToInt32(digits, 8);

    private static string Mode(TableFile file) => Convert.ToString(file.Mode, 8).PadLeft(4, '0').ToString(CultureInfo.InvariantCulture);

    private static readonly System.Buffers.SearchValues<char> DebianName =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
}
