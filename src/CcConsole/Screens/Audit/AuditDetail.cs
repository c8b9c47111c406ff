namespace CcConsole.Screens;

/// <summary>All about one entry in the detail pane: facts, both hashes, the diff of an edit, the line as it was written.</summary>
internal static class AuditDetail
{
    /// <summary>Says it.</summary>
    /// <param name="line">The entry.</param>
    /// <param name="link">What was proved of it.</param>
    /// <param name="proof">What proves it, in sentences.</param>
    /// <param name="theirs">The line that the host has in its place; null where it has no other.</param>
    /// <param name="withHost">Whether the host is named.</param>
    /// <param name="detail">Where it is said.</param>
    /// <param name="zone">Of the times.</param>
    public static void Describe(AuditLine line, AuditLink link, IReadOnlyList<string> proof, string? theirs, bool withHost, DetailText detail, TimeZoneInfo zone)
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
        if (theirs is not null)
            Differences(AuditCounterpart.Differences(row.Text(), theirs), detail);
        Diff(row.Diff, detail);
        detail.Text("hash of the entry before", "text.dim");
        detail.Text(row.PreviousHash);
        detail.Text("its own hash", "text.dim");
        detail.Text(row.Hash);
        detail.Space();
        detail.Text(DetailText.OneLine(row.Text()));
        if (theirs is null)
            return;
        detail.Space();
        detail.Text("the host's line in its place", "text.dim");
        detail.Text(DetailText.OneLine(theirs));
    }

    private static void Differences(IReadOnlyList<(string Name, string? Ours, string? Theirs)> members, DetailText detail)
    {
        if (members.Count > 0)
            detail.Text("- as it was seen, + as the host has it now", "text.dim");
        foreach (var (name, ours, theirs) in members)
        {
            if (ours is not null)
                detail.Text(DetailText.OneLine($"  - {name}: {ours}"), "diff.remove");
            if (theirs is not null)
                detail.Text(DetailText.OneLine($"  + {name}: {theirs}"), "diff.add");
        }
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
