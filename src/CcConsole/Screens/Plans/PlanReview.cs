using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>How a change of many tables is made: every diff is shown in one review, confirmed once, noted whole, and applied with a result a row.</summary>
internal static class PlanReview
{
    private const int StopAtFailure = 1, GoOn = 2;

    /// <summary>Shows a plan, and applies it on a screen of its own when it is confirmed.</summary>
    public static async Task RunAsync(Shell shell, FleetPlan plan)
    {
        if (plan is { IsEmpty: true, Unplanned.Count: 0 })
        {
            shell.Toasts.Show($"{plan.Description}: nothing would change");
            return;
        }
        if (await ConfirmAsync(shell, plan) is not { } options)
            return;
        var noted = shell.Fleet.Plans.Begin(plan with { Options = options });
        shell.Push(new PlanScreen(shell, noted.Id, start: true));
    }

    private static async Task<FleetPlanOptions?> ConfirmAsync(Shell shell, FleetPlan plan)
    {
        var word = plan.ConfirmationWord;
        var question = plan.IsEmpty
            ? new Question(plan.Description, "", "Back")
            : new Question(plan.Description, "", word is null ? null : new TextInput(), word, "Apply, stop at a failure", "Go on after failures", "Back") { Guarded = 2 };
        var body = question.Dialog.Body;
        body.AppendLine(Summary(plan), "text.strong");
        foreach (var left in plan.Unplanned)
        {
            body.AppendLine($"{StatusLook.Of(Status.Fail).Mark(shell.Ascii)} {left.Host} is left out: {left.Problem}", "state.fail");
            if (left.Hint is { } hint)
                body.AppendLine($"  {hint}");
        }
        if (plan.AlreadySo.Count > 0)
            body.AppendLine($"nothing would change on {string.Join(", ", plan.AlreadySo)}", "text.dim");
        foreach (var change in plan.Changes)
        {
            body.AppendLine("");
            body.AppendLine($"{change.Host}: {change.Description}, {change.Table.Words}{(change.IsProduction ? " (prod)" : "")}", change.IsProduction ? "state.late" : "title");
            PlanText.Append(body, change, shell.Ascii);
        }
        if (word is not null)
        {
            body.AppendLine("");
            body.AppendLine($"Type {word} to confirm.", "state.late");
        }
        return await shell.AskAsync(question) switch
        {
            StopAtFailure when !plan.IsEmpty => plan.Options with { ContinueOnFailure = false },
            GoOn => plan.Options with { ContinueOnFailure = true },
            _ => null,
        };
    }

    private static string Summary(FleetPlan plan)
    {
        var hosts = plan.Changes.DistinctBy(change => change.Host).Count();
        return string.Create(CultureInfo.InvariantCulture,
            $"{plan.Changes.Count} {(plan.Changes.Count == 1 ? "change" : "changes")} on {hosts} {(hosts == 1 ? "host" : "hosts")}{(plan.Unplanned.Count > 0 ? $", {plan.Unplanned.Count} left out" : "")}");
    }
}
