namespace CcConsole.Core.Crontab.Lint;

/// <summary>Where a table's file stands, which says what the daemon asks of it.</summary>
public enum TablePlace
{
    /// <summary>The spool of the users' tables.</summary>
    Spool,

    /// <summary>/etc/crontab.</summary>
    EtcCrontab,

    /// <summary>A file in /etc/cron.d.</summary>
    CronD,
}

/// <summary>A table's file as stat(2) describes it: what the daemon looks at before it reads a line.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Name">Its name within its folder.</param>
/// <param name="OwnerUid">Who owns it (the target, where it is a link).</param>
/// <param name="Mode">Its permission bits, as in 0644.</param>
/// <param name="Links">How many hard links it has.</param>
/// <param name="IsRegular">False for a folder, a device, a pipe (or a link to one).</param>
public sealed record TableFile(TablePlace Place, string Name, uint OwnerUid, int Mode, int Links = 1, bool IsRegular = true)
{
    /// <summary>The uid of the user whose table it is, in the spool; null when not known.</summary>
    public uint? TableUid { get; init; }

    /// <summary>Who owns the symbolic link by which the file is reached; null when it is none.</summary>
    public uint? LinkOwnerUid { get; init; }
}
