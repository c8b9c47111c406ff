using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using CcConsole.Tui.Widgets;
using Humanizer;

namespace CcConsole.Screens;

/// <summary>Exports entries: as evidence that others can check with nothing of ours, or the whole copy byte for byte.</summary>
internal static class AuditEvidence
{
    private const int Evidence = 1, WholeCopy = 2;

    /// <summary>Asks where to, and does it.</summary>
    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    /// <param name="marked">The marked entries; none for all that the filter means.</param>
    /// <param name="filter">The filter; null for the whole copy.</param>
    public static void Start(Shell shell, string host, IReadOnlySet<long> marked, AuditQuery? filter) => shell.Operations.Start($"{host}: exporting", async stop =>
    {
        var request = new EvidenceRequest(host, (filter ?? new AuditQuery()) with { Limit = int.MaxValue }) { Marked = marked.Count > 0 ? marked : null };
        if (marked is { Count: > 0 })
            request = request with { Selection = new AuditQuery { First = marked.Min(), Last = marked.Max() } };
        var what = marked.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"the {marked.Count} marked entries")
            : filter is not null ? "the entries that the filter finds" : "all entries of the copy";
        var folder = Path.GetFullPath(shell.Settings.WorkingDirectory);
        var input = new TextInput { Text = Path.Combine(folder, $"{host}-evidence") };
        var question = new Question("Export",
            $"Evidence: a new folder with {what}, the checkpoints that prove them, the keys, and a verifier in Python that needs nothing of ours; one archive where the name ends in .tar.gz.\n\n"
            + "Copy: a new file with the whole copy, byte for byte as the host wrote it, for any verifier.",
            input, null, "Evidence", "Copy", "Back");
        var answer = await shell.AskAsync(question);
        if (answer is not (Evidence or WholeCopy))
            return;
        var path = Path.GetFullPath(input.Text.Trim(), folder);
        if (answer == WholeCopy)
        {
            path = path.EndsWith("-evidence", StringComparison.Ordinal) ? $"{path[..^"-evidence".Length]}-audit.jsonl" : path;
            var bytes = await Task.Run(() => shell.Fleet.Audit.Export(host, path), stop);
            shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes written to {path}"));
            return;
        }
        var written = await Task.Run(() => shell.Fleet.Audit.Evidence.Write(request, path, stop), stop);
        // It stays until it was read: a hash that goes after four seconds cannot be noted.
        shell.Show(new Question("Exported", Told(written, path, shell.Ascii), "Back"));
    });

    private static string Told(EvidenceResult written, string path, bool ascii)
    {
        var text = new List<string>();
        var bad = StatusLook.Of(Status.Fail).Mark(ascii);
        if (written.Conflicts is [.., var conflict])
            text.Add($"{bad} The host contradicts the copy: {DetailText.OneLine(conflict.Message)}.\n");
        if (written.Finding is { } finding)
            text.Add($"{bad} {DetailText.OneLine(finding)}.\n");
        text.Add(string.Create(CultureInfo.InvariantCulture, $"{"entry".ToQuantity(written.Selected)}, {written.Proven} proven by {"checkpoint".ToQuantity(written.Checkpoints)}, {written.Linked} linked only:"));
        text.Add($"{path}\n");
        text.Add("SHA-256 of its MANIFEST; note it where nobody can change it:");
        text.Add($"{written.ManifestHash}\n");
        text.Add("Its README.txt says what it proves and how to check it.");
        return string.Join('\n', text);
    }
}
