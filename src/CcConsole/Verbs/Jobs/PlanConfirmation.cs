using System.CommandLine;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Verbs.Changes;

namespace CcConsole.Verbs.Jobs;

/// <summary>A change on the command line: shown, confirmed, applied, and told how it ended.</summary>
internal static class PlanConfirmation
{
    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Apply without asking" };
    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show the change and apply nothing" };

    /// <summary>What every verb has that can change many hosts.</summary>
    public static readonly Symbol[] Options = [Yes, DryRun, FleetPlanConfirmation.Continue, FleetPlanConfirmation.Parallel, FleetPlanConfirmation.Reason];

    /// <summary>Plans a change of each host that the argument means, and applies it: one as it is, several as one plan.</summary>
    public static Task<int> ApplyAsync(VerbContext context, FleetControl fleet, Func<string, Task<ChangePlan>> change) =>
        ApplyAsync(context, fleet, fleet.Hosts.Select([context.Get(FleetVerb.ChangedHosts)]), change);

    /// <summary>The same, of these hosts.</summary>
    public static async Task<int> ApplyAsync(VerbContext context, FleetControl fleet, IReadOnlyList<HostEntry> hosts, Func<string, Task<ChangePlan>> change)
    {
        string reason = context.Get(FleetPlanConfirmation.Reason) ?? "";
        return hosts.Count == 1
            ? await ApplyAsync(context, fleet, await change(hosts[0].Name) with { Reason = reason })
            : await FleetPlanConfirmation.ApplyAsync(context, fleet, await fleet.Plans.MakeAsync(
                hosts.Select(host => host.Name), (host, _) => change(host), null, reason, FleetPlanConfirmation.OptionsOf(context), context.Stop));
    }

    public static async Task<int> ApplyAsync(VerbContext context, FleetControl fleet, ChangePlan plan)
    {
        if (plan.IsEmpty)
        {
            if (context.Json) context.Document(json => ChangeOutput.Write(json, plan, null));
            else context.Error.WriteLine("nothing to change");
            return Verb.Good;
        }

        Show(context, plan);
        if (context.Get(DryRun))
        {
            if (context.Json) context.Document(json => ChangeOutput.Write(json, plan, null));
            return Verb.Good;
        }
        if (!IsConfirmed(context, [plan]))
        {
            context.Error.WriteLine("nothing was changed");
            return Verb.Findings;
        }

        ChangeResult result = await fleet.Changes.ApplyAsync(plan, context.Stop);
        if (context.Json) context.Document(json => ChangeOutput.Write(json, plan, result));
        else ChangeOutput.Write(context.Error, result);
        return result.IsApplied ? Verb.Good : Verb.Findings;
    }

    /// <summary>Shows plans that belong together, and asks once. Gives the exit code to end with; null when they are to be applied.</summary>
    public static int? Confirm(VerbContext context, IReadOnlyList<ChangePlan> plans)
    {
        foreach (ChangePlan plan in plans) Show(context, plan);
        if (context.Get(DryRun))
        {
            if (context.Json) context.Document(json => WritePlans(json, plans, []));
            return Verb.Good;
        }
        if (IsConfirmed(context, plans)) return null;
        context.Error.WriteLine("nothing was changed");
        return Verb.Findings;
    }

    /// <summary>The member <c>changes</c>: each plan, and what became of it.</summary>
    public static void WritePlans(Utf8JsonWriter json, IReadOnlyList<ChangePlan> plans, IReadOnlyList<ChangeResult> results)
    {
        json.WriteStartArray("changes");
        foreach (ChangePlan plan in plans)
        {
            json.WriteStartObject();
            ChangeOutput.Write(json, plan, results.FirstOrDefault(result => ReferenceEquals(result.Plan, plan)));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Show(VerbContext context, ChangePlan plan)
    {
        if (!context.Json || !context.Get(Yes)) ChangeOutput.Write(context.Error, plan);
    }

    private static bool IsConfirmed(VerbContext context, IReadOnlyList<ChangePlan> plans)
    {
        if (context.Get(Yes)) return true;
        if (Console.IsInputRedirected)
            throw new ProblemException("This change needs a confirmation, and there is no terminal to ask on", "give --yes to apply it, or --dry-run to see it only");
        string[] hosts = [.. plans.Select(plan => plan.Host).Distinct()];
        string[] production = [.. plans.Where(plan => plan.IsProduction).Select(plan => plan.Host).Distinct()];
        foreach (string host in production)
        {
            context.Error.Write($"Type the host's name to apply this to {Plain.Text(host)} (prod): ");
            if ((StandardStreams.ReadLine()?.Trim() ?? "") != host) return false;
        }
        if (production.Length == hosts.Length) return true;
        context.Error.Write($"Apply this to {Plain.Text(string.Join(", ", hosts))}? [y/N] ");
        return StandardStreams.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
