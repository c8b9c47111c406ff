namespace CcConsole.Core.Crontab.Discovery;

/// <summary>A script in a folder that some line runs as a whole: <c>/etc/cron.daily/logrotate</c>.</summary>
/// <param name="Folder">The folder's path, without a final slash.</param>
/// <param name="Name">Its name there.</param>
/// <param name="File">Its status.</param>
/// <param name="Ignored">Why run-parts, or who runs the folder, leaves it out; null when it is run.</param>
/// <param name="Runner">What runs the folder; null when nothing that was found does.</param>
public sealed record FolderScript(string Folder, string Name, FileFacts File, string? Ignored, FolderRunner? Runner)
{
    /// <summary>Its path.</summary>
    public string Path => $"{Folder}/{Name}";
}

/// <summary>The line that runs a folder.</summary>
/// <param name="Table">The table's name, or anacron's path.</param>
/// <param name="Line">The 1-based number of the line there.</param>
/// <param name="Schedule">When, as written there: <c>25 6 * * *</c>, or anacron's <c>1</c> (days).</param>
/// <param name="User">As whom.</param>
public sealed record FolderRunner(string Table, int Line, string Schedule, string User)
{
    /// <summary>The path of anacron's own table.</summary>
    public const string AnacronTable = "/etc/anacrontab";

    /// <summary>True when anacron runs it: at some time of the day, and only after so many days.</summary>
    public bool IsAnacron => Table == AnacronTable;
}
