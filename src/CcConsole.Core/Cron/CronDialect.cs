namespace CcConsole.Core.Cron;

/// <summary>Whose rules a table is read by: the daemons accept different texts and mean different things by them.</summary>
public enum CronDialect
{
    /// <summary>Debian's cron (Vixie cron 3.0pl1 with Debian's changes).</summary>
    Debian,

    /// <summary>cronie 1.7, as in Fedora, RHEL, Arch and SUSE.</summary>
    Cronie,

    /// <summary>busybox crond (1.35, with its special times), as in Alpine and OpenWrt.</summary>
    Busybox,
}

/// <summary>The dialects as text: in options, in the cache and between console and agent.</summary>
public static class CronDialects
{
    /// <summary><c>debian</c>, <c>cronie</c> or <c>busybox</c>.</summary>
    public static string Name(this CronDialect dialect) => dialect switch
    {
        CronDialect.Cronie => "cronie",
        CronDialect.Busybox => "busybox",
        _ => "debian",
    };

    /// <summary>The dialect of that name, in small letters; false for any other text.</summary>
    public static bool TryParse(string? name, out CronDialect dialect)
    {
        dialect = name switch { "cronie" => CronDialect.Cronie, "busybox" => CronDialect.Busybox, _ => CronDialect.Debian };
        return name == dialect.Name();
    }

    /// <summary>The dialect of that name; debian, which accepts least, where a host did not tell or tells of a daemon that is not known.</summary>
    public static CronDialect Of(string? name) => TryParse(name, out var dialect) ? dialect : CronDialect.Debian;
}
