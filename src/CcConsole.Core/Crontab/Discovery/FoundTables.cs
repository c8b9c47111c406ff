using System.Text.RegularExpressions;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab.Lint;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>The tables of the answer, and what the daemon makes of each.</summary>
internal sealed partial class FoundTables(DiscoveryFrame frame, HostCron cron)
{
    public List<FoundTable> Read(List<DiscoveryGap> gaps)
    {
        List<FoundTable> tables = [.. Users(gaps), .. SystemTables(gaps)];
        foreach (var folder in frame.Closed)
        {
            if (frame.AsRoot || !frame.Spools.Contains(folder))
            {
                gaps.Add(new(folder, "the login may not look into it", "Connect as root, or let the login be root by sudo without a password"));
            }
        }

        foreach (var folder in frame.Cut)
        {
            gaps.Add(new(folder == "timers" ? "systemd timers" : folder, folder == "timers" ? "there are more than 300: the rest is not shown" : "it holds more than 400 files: the rest is not shown", "Look at it on the host"));
        }

        foreach (var folder in frame.Odd)
        {
            gaps.Add(new(folder, "files whose names hold control characters or more than ASCII are not shown", "Look at it on the host"));
        }

        return tables;
    }

    private IEnumerable<FoundTable> Users(List<DiscoveryGap> gaps)
    {
        if (!frame.AsRoot)
        {
            gaps.Add(new("other users' tables", $"they need root, or sudo -n, which {(frame.Sudo == "none" ? "the host does not have" : $"refused{(frame.SudoError.Length > 0 ? $": {frame.SudoError}" : "")}")}",
                "Connect as root, or let the login be root by sudo without a password"));
        }

        var spool = Spool();
        var others = frame.Spooled.Where(file => file.Folder == spool && file.Facts?.Kind != FileKind.Folder && !file.Name.StartsWith("tmp.", StringComparison.Ordinal)).ToList();
        var strangers = frame.Spooled.Count(file => file.Folder != spool && file.Facts?.Kind == FileKind.Regular && frame.Accounts.GetValueOrDefault(file.Name)?.Uid is not null);
        if (strangers > 0 && cron.Implementation != "unknown")
        {
            gaps.Add(new("/var/spool/cron", $"{strangers} tables lie beside {spool}, which alone {cron.Implementation} reads", "Move them there, or remove them"));
        }

        var own = others.Find(file => file.Name == cron.User);
        if (frame.Own == "present" && frame.OwnTable is { } table && TableId.TryParse(cron.User, out var id))
        {
            yield return Found(id, table, own?.Facts);
        }
        else if (frame.Own is "failed" or "ambiguous" or "full" or "missing")
        {
            var (why, hint) = frame.Own switch
            {
                "missing" => ("there is no crontab command on the host", "Install cron there, where jobs are to run"),
                "ambiguous" => ("it holds text that crontab -l shows as \\r or \\b, and its exact bytes could not be had", "Replace the carriage returns by hand (crontab -e)"),
                "full" => ("the host has no room for a temporary file", "Check that /tmp (or TMPDIR) is writable and not full"),
                _ => HostCrontab.Classify(frame.OwnError, cron.User),
            };
            gaps.Add(new($"the table of {cron.User}", why, hint));
        }

        foreach (var file in others.Where(file => file != own).OrderBy(static file => file.Name, StringComparer.Ordinal))
        {
            if (TableId.TryParse(file.Name, out var user) && !user.IsSystem && Content(file, gaps) is { } bytes)
            {
                yield return Found(user, cron.Dialect == CronDialect.Debian ? DebianHeader.Strip(bytes) : bytes, file.Facts);
            }
        }
    }

    private IEnumerable<FoundTable> SystemTables(List<DiscoveryGap> gaps)
    {
        foreach (var file in frame.SystemFiles)
        {
            if (TableId.TryParse(file.Path, out var id) && Content(file, gaps) is { } bytes)
            {
                var table = Found(id, bytes, file.Facts);
                // A placeholder of the distribution is no table.
                if (table.Ignored is null || id.FileName is not ['.', ..] || Document(id, bytes).Lines.Any(static line => line is EntryLine or UnparsedLine))
                {
                    yield return table;
                }
            }
        }
    }

    /// <summary>Null where there is none to be had; why is then a gap.</summary>
    private static byte[]? Content(FrameFile file, List<DiscoveryGap> gaps)
    {
        if (file.Content is { } bytes)
        {
            return bytes;
        }

        var (why, hint) = file.Unread switch
        {
            "permission" => ("the login may not read it", "Connect as root, or let the login be root by sudo without a password"),
            "large" => ("it is larger than 1 MiB", "Look at it on the host"),
            "total" => ("the tables of the host are larger than 8 MiB together", "Look at it on the host"),
            _ when file.Facts is { Kind: FileKind.Link, Target: null } => ("the daemon ignores it: it is a link to nothing", "Remove it, or make what it leads to"),
            _ => ("the daemon ignores it: it is no regular file", "Look at it on the host"),
        };
        gaps.Add(new(file.Path, why, hint));
        return null;
    }

    private FoundTable Found(TableId id, byte[] bytes, FileFacts? file)
    {
        var document = Document(id, bytes);
        var owner = id.IsSystem ? null : frame.Accounts.GetValueOrDefault(id.Name);
        var lines = new List<IgnoredLine>();
        var whole = !id.IsSystem && owner is { Uid: null } ? $"the host has no user {id.Name}" : FileProblem(id, file) ?? (cron.Dialect == CronDialect.Busybox ? null : owner?.Problem);
        foreach (var entry in document.Entries.Where(static entry => !entry.IsPaused && entry.User is not null))
        {
            if (frame.Accounts.GetValueOrDefault(entry.User!) is not { } account)
            {
                continue;
            }

            if (account.Uid is null && cron.Dialect == CronDialect.Debian)
            {
                whole ??= $"line {entry.Number} names the user {entry.User}, and the host has none of that name: the daemon ignores the whole file";
            }
            else if ((account.Uid is null ? $"the host has no user {entry.User}" : account.Problem) is { } why)
            {
                lines.Add(new(entry.Number, why));
            }
        }

        if (!document.IsAccepted && cron.Dialect == CronDialect.Debian)
        {
            whole ??= $"{Crontab.SystemTables.Fault(document)}: the daemon ignores the whole {(id.IsSystem ? "file" : "table")}";
        }
        else if (cron.Dialect == CronDialect.Cronie && !document.HasFinalNewline && document.Lines[^1] is EntryLine { IsPaused: false } last)
        {
            lines.Add(new(last.Number, "it is the last line and has no line feed at its end"));
        }

        return new FoundTable(id, bytes, file, whole, lines);
    }

    private string? FileProblem(TableId id, FileFacts? file)
    {
        // crond -p takes any file.
        if (file is null || (cron.Dialect == CronDialect.Cronie && Started("-p")))
        {
            return null;
        }

        if (file.Followed is not { } target)
        {
            return "it is a link to nothing";
        }

        var place = !id.IsSystem ? TablePlace.Spool : id.FileName is null ? TablePlace.EtcCrontab : TablePlace.CronD;
        var name = id.FileName ?? (id.IsSystem ? "crontab" : id.Name);
        if (cron.Dialect == CronDialect.Debian && place == TablePlace.CronD && Started("-l"))
        {
            if (LsbName().IsMatch(name) ? LeftOver().IsMatch(name) : !LsbPlainName().IsMatch(name))
            {
                return $"of its name: cron -l reads files with names of the LSB alone";
            }

            name = "x";
        }

        return FileRules.WhyIgnored(
            new TableFile(place, name, (uint)target.Owner, target.Mode, (int)Math.Min(target.Links, int.MaxValue), target.Kind == FileKind.Regular)
            {
                TableUid = id.IsSystem ? null : (uint?)frame.Accounts.GetValueOrDefault(id.Name)?.Uid,
                LinkOwnerUid = file.Kind == FileKind.Link ? (uint)file.Owner : null,
            }, cron.Dialect);
    }

    private bool Started(string option) => frame.Processes.Any(process => process.Name is "cron" or "crond" && process.Arguments.Split(' ').Contains(option));

    private string Spool() => cron.Dialect switch
    {
        CronDialect.Cronie when frame.Spooled.Any(static file => file.Folder == "/var/spool/cron/tabs") => "/var/spool/cron/tabs",
        CronDialect.Cronie => "/var/spool/cron",
        CronDialect.Busybox when frame.Spooled.Any(static file => file.Folder == "/etc/crontabs") && frame.Spooled.All(static file => file.Folder != "/var/spool/cron/crontabs") => "/etc/crontabs",
        _ => "/var/spool/cron/crontabs",
    };

    private CrontabDocument Document(TableId id, byte[] bytes) => CrontabDocument.Parse(bytes, cron.Dialect, id.IsSystem);

    // cron.c of debian, valid_name: names of the LSB, hierarchical or plain, and what dpkg leaves behind.
    [GeneratedRegex("^_?([a-z0-9_.]+-)+[a-z0-9]+\\z")]
    private static partial Regex LsbName();

    [GeneratedRegex("^[a-z0-9-].*dpkg-(old|dist)\\z")]
    private static partial Regex LeftOver();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*\\z")]
    private static partial Regex LsbPlainName();
}

/// <summary>The three lines that debian's crontab puts before a table in the spool.</summary>
public static class DebianHeader
{
    /// <summary>The table as its user wrote it; the same array where no genuine header is before it.</summary>
    public static byte[] Strip(byte[] table)
    {
        ReadOnlySpan<byte> rest = table;
        foreach (var (start, middle) in new[] { ("# DO NOT EDIT THIS FILE - edit the master and reinstall.", ""), ("# (", " installed on "), ("# (Cron version", ")") })
        {
            var end = rest.IndexOf((byte)'\n');
            var line = System.Text.Encoding.Latin1.GetString(end < 0 ? rest : rest[..end]);
            if (end < 0 || !(middle.Length == 0 ? line == start : line.StartsWith(start, StringComparison.Ordinal) && line.Contains(middle, StringComparison.Ordinal)))
            {
                return table;
            }

            rest = rest[(end + 1)..];
        }

        return rest.ToArray();
    }
}
