using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>How every change is made: the plan is shown with its diff, confirmed, applied, and its result told.</summary>
internal static class ChangeReview
{
    /// <summary>Shows a plan and applies it when it is confirmed.</summary>
    /// <returns>What became of it; null when it was not confirmed.</returns>
    public static async Task<ChangeResult?> RunAsync(Shell shell, ChangePlan plan, CancellationToken stop)
    {
        if (plan.IsEmpty)
        {
            shell.Toasts.Show($"{plan.Host}: nothing would change");
            return null;
        }
        if (!await ConfirmAsync(shell, plan))
            return null;
        var result = await shell.Fleet.Changes.ApplyAsync(plan, stop);
        Tell(shell, result);
        if (result.IsConflict)
            await ShowConflictAsync(shell, result);
        return result;
    }

    /// <summary>Shows a plan; for a host with the tag prod its name has to be typed.</summary>
    private static async Task<bool> ConfirmAsync(Shell shell, ChangePlan plan)
    {
        var input = plan.IsProduction ? new TextInput() : null;
        var question = new Question($"{plan.Host}: {plan.Description}", Heading(plan), input, plan.IsProduction ? plan.Host : null, "Apply", "Back");
        question.Dialog.Body.AppendLine("");
        PlanText.Append(question.Dialog.Body, plan, shell.Ascii);
        if (plan.IsProduction)
        {
            question.Dialog.Body.AppendLine("");
            question.Dialog.Body.AppendLine($"{plan.Host} is tagged prod: type its name to confirm.", "state.late");
        }
        return await shell.AskAsync(question) == 1;
    }

    private static string Heading(ChangePlan plan) => string.Create(CultureInfo.InvariantCulture,
        $"{char.ToUpperInvariant(plan.Table.Words[0])}{plan.Table.Words[1..]} on {plan.Host}{(plan.Existed ? "" : ", which does not exist yet")}: {plan.Before.Length} bytes before, {plan.After.Length} after.\n");

    private static void Tell(Shell shell, ChangeResult result)
    {
        if (result.IsApplied)
        {
            var audit = result.AuditSeq is { } seq ? string.Create(CultureInfo.InvariantCulture, $"audit #{seq}") : "no agent, so no audit entry";
            shell.Toasts.Show($"{StatusLook.Of(Status.Ok).Mark(shell.Ascii)} {result.Plan.Host}: crontab written, verified, {audit}", result.Message ?? "");
            return;
        }
        shell.Toasts.Fail(result.Message ?? $"{result.Plan.Host}: {result.Plan.Description} was not applied", result.Hint ?? "");
    }

    /// <summary>Someone else changed the table: as it was read, theirs and yours.</summary>
    private static async Task ShowConflictAsync(Shell shell, ChangeResult result) =>
        await ShowConflictAsync(shell, result.Plan, result.Current!.Value, "Nothing was written.");

    /// <summary>Shows a table that someone else has changed since it was read: as it was, theirs, and what was to be written.</summary>
    public static async Task ShowConflictAsync(Shell shell, ChangePlan plan, ReadOnlyMemory<byte> theirs, string outcome)
    {
        var question = new Question(
            $"{plan.Host} changed meanwhile", $"{outcome} Someone else changed {plan.Table.Words} since it was read.\n", "Re-read");
        question.Dialog.Body.AppendLine("");
        ThreeWayText.Append(question.Dialog.Body, plan.Before.Span, theirs.Span, plan.After.Span);
        await shell.AskAsync(question);
    }
}
