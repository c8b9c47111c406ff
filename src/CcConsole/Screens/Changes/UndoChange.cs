namespace CcConsole.Screens;

/// <summary>Undo: the last change taken back, as a plan like any other.</summary>
internal static class UndoChange
{
    /// <summary>Makes the plan, shows it, applies it: of the host that the screen is about, else of the fleet.</summary>
    public static void Start(Shell shell)
    {
        var host = shell.Screens.Count > 1 ? shell.Top.Host : null;
        shell.Operations.Start("looking for the last change", async stop =>
        {
            var plan = await shell.Fleet.Changes.PlanUndoAsync(host: host, cancellation: stop);
            await ChangeReview.RunAsync(shell, plan, stop);
        });
    }
}
