namespace CcConsole.Screens;

/// <summary>All about one entry in the detail pane: facts, both hashes, the diff of an edit, the line as it was written.</summary>
internal static class AuditDetail
{
    /// <summary>Says it.</summary>
    public static void Describe(AuditLine line, AuditLink link, IReadOnlyList<string> proof, bool withHost, DetailText detail, TimeZoneInfo zone)
    {
        var row = line.Row;
        detail.Title($"{line.Number} {row.Event}");
        if (withHost)
            detail.Fact("host", line.Key.Host);
        if (line.Missing is { } why)
        {
            detail.Fact("link", link.Mark, link.Scope);
            detail.Text(why, "state.fail");
            return;
        }
        detail.Fact("time", row.Time is { } time ? TimeText.Full(TimeZoneInfo.ConvertTime(time, zone)) : null);
        detail.Fact("link", link.Mark, link.Scope);
        detail.Fact("actor", row.Actor);
        detail.Fact("target", row.Target);
        detail.Fact("exit", line.Exit, row.ExitCode is 0 ? "text" : "state.fail");
        detail.Text(DetailText.OneLine(row.Words), "state.late");
        foreach (var sentence in proof)
            detail.Text(sentence, "text.dim");
        Diff(row.Diff, detail);
        detail.Text("hash of the entry before", "text.dim");
        detail.Text(row.PreviousHash);
        detail.Text("its own hash", "text.dim");
        detail.Text(row.Hash);
        detail.Space();
        detail.Text(DetailText.OneLine(row.Text()));
    }

    private static void Diff(string diff, DetailText detail)
    {
        if (diff.Length == 0)
            return;
        detail.Text("the change", "text.dim");
        foreach (var line in diff.TrimEnd('\n').Split('\n'))
        {
            // Every line keeps the sign that the diff gives it, so that none looks like one of the console's own.
            var scope = line.Length == 0 ? "text" : line[0] switch
            {
                '+' => "diff.add",
                '-' => "diff.remove",
                '@' => "diff.hunk",
                _ => "text.dim",
            };
            detail.Text($"  {DetailText.OneLine(line)}", scope);
        }
    }
}
