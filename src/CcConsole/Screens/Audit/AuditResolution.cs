using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>Resolves what contradicts a copy: shows each finding to a person, who types the host's name to confirm.</summary>
internal static class AuditResolution
{
    private const int Resolve = 1;

    /// <summary>Asks, and does it.</summary>
    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    /// <param name="resolved">Called on the UI thread after it was done.</param>
    public static void Start(Shell shell, string host, Action resolved) => shell.Operations.Start($"{host}: resolving the conflict", async stop =>
    {
        var decided = await Task.Run(() => shell.Fleet.Audit.ToResolve(host), stop);
        var question = new Question("Resolve the conflict?",
            $"{string.Join("\n\n", decided.Findings)}\n\nTo resolve means: {decided.Words}.\n\nType {host} to confirm that you know why.",
            new TextInput(), host, "Resolve", "Back");
        if (await shell.AskAsync(question) != Resolve)
            return;
        await Task.Run(() => shell.Fleet.Audit.Resolve(decided), stop);
        resolved();
    });
}
