using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A plan in a text pane: what will be otherwise than one may think, and the diff.</summary>
internal static class PlanText
{
    /// <summary>Adds it.</summary>
    public static void Append(TextPane pane, ChangePlan plan, bool ascii)
    {
        foreach (var warning in plan.Warnings)
            pane.AppendLine($"{StatusLook.Of(Status.Late).Mark(ascii)} {warning}", "state.late");
        DiffText.Append(pane, plan.Diff);
    }
}
