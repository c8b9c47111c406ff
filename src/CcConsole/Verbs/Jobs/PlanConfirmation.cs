using System.CommandLine;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;

namespace CcConsole.Verbs.Jobs;

/// <summary>A change on the command line: shown, confirmed, applied, and told how it ended.</summary>
internal static class PlanConfirmation
{
    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Apply without asking" };
    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show the change and apply nothing" };

    public static async Task<int> ApplyAsync(VerbContext context, FleetControl fleet, ChangePlan plan)
    {
        if (plan.IsEmpty)
        {
            if (context.Json) context.Document(json => ChangeOutput.Write(json, plan, null));
            else context.Error.WriteLine("nothing to change");
            return Verb.Good;
        }

        if (!context.Json || !context.Get(Yes)) ChangeOutput.Write(context.Error, plan);
        if (context.Get(DryRun))
        {
            if (context.Json) context.Document(json => ChangeOutput.Write(json, plan, null));
            return Verb.Good;
        }
        if (!context.Get(Yes) && !Ask(context, plan))
        {
            context.Error.WriteLine("nothing was changed");
            return Verb.Findings;
        }

        ChangeResult result = await fleet.Changes.ApplyAsync(plan, context.Stop);
        if (context.Json) context.Document(json => ChangeOutput.Write(json, plan, result));
        else ChangeOutput.Write(context.Error, result);
        return result.IsApplied ? Verb.Good : Verb.Findings;
    }

    private static bool Ask(VerbContext context, ChangePlan plan)
    {
        if (Console.IsInputRedirected)
            throw new ProblemException("This change needs a confirmation, and there is no terminal to ask on", "give --yes to apply it, or --dry-run to see it only");
        context.Error.Write(plan.IsProduction ? $"Type the host's name to apply this to {Plain.Text(plan.Host)} (prod): " : $"Apply this to {Plain.Text(plan.Host)}? [y/N] ");
        string answer = StandardStreams.ReadLine()?.Trim() ?? "";
        return plan.IsProduction ? answer == plan.Host : answer is "y" or "Y" or "yes";
    }
}
