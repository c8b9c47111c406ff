namespace CcConsole.Core.Cron;

/// <summary>Whose rules a table is read by: the daemons accept different texts and mean different things by them.</summary>
public enum CronDialect
{
    /// <summary>Debian's cron (Vixie cron 3.0pl1 with Debian's changes).</summary>
    Debian,

    /// <summary>cronie 1.7, as in Fedora, RHEL, Arch and SUSE.</summary>
    Cronie,
}
