namespace CcConsole.Screens;

/// <summary>What others have changed in the tables of a host since they were last seen here.</summary>
internal static class DriftReview
{
    private const int Seen = 1;

    /// <summary>Shows it; it is told no longer once the person says that they have seen it.</summary>
    public static async void Show(Shell shell, string host)
    {
        var drift = shell.Fleet.Jobs.Drift(host);
        if (drift.Count == 0)
            return;
        var question = new Question($"{host}: drift", "Changed by other means than from here since last seen:\n", "Seen", "Back");
        foreach (var table in drift)
        {
            question.Dialog.Body.AppendLine("");
            question.Dialog.Body.AppendLine(table.Table.Words, "title");
            DiffText.Append(question.Dialog.Body, table.Diff);
        }
        if (await shell.AskAsync(question) != Seen)
            return;
        foreach (var table in drift)
            shell.Fleet.Jobs.MarkSeen(host, table.Table, table.Now);
        shell.Fleet.Monitor.Publish(host);
    }
}
