using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with the copy of a chain.</summary>
internal static class AuditCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        On("audit.break", "b", "first break", "Go to the first entry at which the chain breaks", screen => screen.GoToBreak(),
            screen => OneHost(screen) ?? (screen.FirstBreak is null ? "no break is known" : null)),
        On("audit.verify", "V", "verify", "Verify every entry of the copy again", screen => screen.Verify(), screen => NoCopy(screen) ?? (screen.IsVerifying ? "it is being verified" : null)),
        On("audit.pull", "P", "pull", "Take the host's new entries into the copy", screen => screen.Pull(), Own),
        On("audit.compare", "D", "compare", "Hold every entry that the host has against the copy: finds what was changed there after it was seen here", screen => screen.Pull(deep: true), screen => Own(screen) ?? NoCopy(screen)),
        On("audit.all", "A", "all", "The entries of all hosts in one list, newest first; again: those of the one host", screen => screen.SwitchScope(), screen => screen.Chain is null ? "there is no host yet" : null),
        On("audit.own", "C", "console", "What this console did: its own chain", screen => screen.ShowOwn(), screen => screen.IsOwn ? "it is shown" : null, hint: false),
        On("audit.prove", "o", "prove", "Prove the selected entry: its hash, its link, and its way to a signed checkpoint", screen => screen.Prove(), NoCopy, hint: false),
        On("audit.explain", "x", "explain", "What the verification has proven, since when and against whom, and what it has not", screen => screen.Explain(),
            screen => NoCopy(screen) ?? (screen.IsExplained ? null : "it was not verified yet: V"), hint: false),
        On("audit.export", "E", "export", "Export the marked entries, what the filter finds, or all as evidence that others can check with nothing of ours; or the copy, byte for byte", screen => screen.Export(), screen => OneHost(screen) ?? NoCopy(screen)),
        ConsoleCommand.On<AuditScreen>("audit.resolve", "", "resolve", "After a contradiction was looked at: take the host's chain as it is now", CommandArea.Audit,
            screen => screen.Resolve(), screen => OneHost(screen) ?? screen.Shell.WhyReadOnly ?? (screen.HasConflict ? null : "there is no open conflict")),
        ConsoleCommand.On<AuditScreen>("demo.tamper", "T", "tamper", "In the demo: change a recorded exit code in the host's own log", CommandArea.Audit,
            screen => screen.Tamper(), hint: true, when: screen => screen.Shell.Settings.Tamper is not null),
    ];

    private static ConsoleCommand On(string id, string keys, string name, string description, Action<AuditScreen> run, Func<AuditScreen, string?> whyNot, bool hint = true) =>
        ConsoleCommand.On<AuditScreen>(id, keys, name, description, CommandArea.Audit, run, whyNot, hint);

    private static string? OneHost(AuditScreen screen) => screen.IsFleet ? "open one host's entries first: Enter" : null;

    private static string? Own(AuditScreen screen) => screen.IsOwn ? "the console's own chain is taken in by itself, and compared every day" : null;

    private static string? NoCopy(AuditScreen screen) => screen.HasCopy ? null : "there is no copy yet";
}
