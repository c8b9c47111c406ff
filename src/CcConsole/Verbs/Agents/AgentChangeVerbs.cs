using System.CommandLine;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Agents;
using CcConsole.Verbs.Changes;
using CcConsole.Verbs.Jobs;

namespace CcConsole.Verbs.Agents;

/// <summary><c>agent install</c>, <c>upgrade</c> and <c>uninstall</c>: a plan for each host, one confirmation, then each in turn.</summary>
internal static class AgentChangeVerbs
{
    private static readonly Option<string?> Release = new("--release") { Description = "Take this cc-agent, or the one that fits from this folder, instead of the one in this program", HelpName = "FILE|FOLDER" };
    private static readonly Option<bool> Rollback = new("--rollback") { Description = "Put back the agent that was there before the last upgrade" };
    private static readonly Option<bool> Purge = new("--purge") { Description = "Remove the host's reports and audit chain too; without it they stay" };

    public static Command Install() => FleetVerb.Create(
        "install", "Put the agent on a host: as root for all of it, else for the login's own jobs", "cc-console agent install web01",
        (context, fleet) => RunAsync(context, fleet, name => fleet.Agents.PlanInstallAsync(name, context.Get(Release), context.Stop)),
        FleetVerb.ChangedHosts, Release, PlanConfirmation.Yes, PlanConfirmation.DryRun, FleetPlanConfirmation.Reason);

    public static Command Upgrade() => FleetVerb.Create(
        "upgrade", "Put this console's agent in the place of the one that is there; runs that go on are not touched", "cc-console agent upgrade tag:web --yes",
        (context, fleet) => RunAsync(context, fleet, name => context.Get(Rollback)
            ? fleet.Agents.PlanRollbackAsync(name, context.Stop)
            : fleet.Agents.PlanUpgradeAsync(name, context.Get(Release), context.Stop)),
        FleetVerb.ChangedHosts, Release, Rollback, PlanConfirmation.Yes, PlanConfirmation.DryRun, FleetPlanConfirmation.Reason);

    public static Command Uninstall() => FleetVerb.Create(
        "uninstall", "Take away exactly what agent install made; refused while jobs use the agent", "cc-console agent uninstall web01",
        (context, fleet) => RunAsync(context, fleet, name => fleet.Agents.PlanUninstallAsync(name, context.Get(Purge), context.Stop)),
        FleetVerb.ChangedHosts, Purge, PlanConfirmation.Yes, PlanConfirmation.DryRun, FleetPlanConfirmation.Reason);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet, Func<string, Task<AgentPlan>> make)
    {
        string reason = context.Get(FleetPlanConfirmation.Reason) ?? "";
        List<AgentPlan> plans = [];
        int code = await FleetVerb.ForEachAsync(
            context, fleet, [context.Get(FleetVerb.ChangedHosts)], async name => await make(name) with { Reason = reason }, (_, plan) => plans.Add(plan));
        foreach (AgentPlan plan in plans) Show(context, plan);
        AgentPlan[] work = [.. plans.Where(plan => !plan.IsEmpty)];
        if (context.Get(PlanConfirmation.DryRun) || work.Length == 0)
        {
            foreach (AgentPlan plan in plans) Told(context, plan, null);
            return code;
        }
        if (!IsConfirmed(context, work))
        {
            context.Error.WriteLine("nothing was changed");
            return Verb.Findings;
        }
        foreach (AgentPlan plan in plans)
        {
            try
            {
                Told(context, plan, await fleet.Agents.ApplyAsync(plan, new Said(context, plan.Host), context.Stop));
            }
            catch (ProblemException problem)
            {
                Verb.Report(context.Error, problem);
                code = Verb.Findings;
            }
        }
        return code;
    }

    private static void Show(VerbContext context, AgentPlan plan)
    {
        if (context.Json && context.Get(PlanConfirmation.Yes)) return;
        if (plan.IsEmpty)
        {
            context.Error.WriteLine($"{Plain.Text(plan.Host)}: unchanged{(plan.VersionBefore.Length > 0 ? $", {plan.VersionBefore} is there" : ", there is no agent")}");
            return;
        }
        context.Error.WriteLine($"{Plain.Text(plan.Host)}: {plan.Action.ToString().ToLowerInvariant()} the agent ({plan.Mode} mode)");
        foreach (string step in plan.Steps) context.Error.WriteLine($"  - {Plain.Text(step)}");
        foreach (string warning in plan.Warnings) context.Error.WriteLine($"  ! {Plain.Text(warning)}");
    }

    private static void Told(VerbContext context, AgentPlan plan, AgentResult? result)
    {
        if (context.Json)
        {
            context.Line(json => Write(json, plan, result));
            return;
        }
        if (result is not { IsChanged: true }) return;
        context.Error.WriteLine($"✓ {Plain.Text(plan.Host)}: {(plan.Action == AgentAction.Uninstall ? "the agent is gone" : $"{result.Version} answers")}{(result.AuditSeq is { } seq ? $", entry {seq} of its chain" : "")}");
        foreach (string note in result.Notes) context.Error.WriteLine($"  ! {Plain.Text(note)}");
    }

    private static bool IsConfirmed(VerbContext context, AgentPlan[] plans)
    {
        if (context.Get(PlanConfirmation.Yes)) return true;
        if (Console.IsInputRedirected)
            throw new ProblemException("This change needs a confirmation, and there is no terminal to ask on", "give --yes to apply it, or --dry-run to see it only");
        foreach (AgentPlan plan in plans.Where(plan => plan.IsProduction))
        {
            context.Error.Write($"Type the host's name to apply this to {Plain.Text(plan.Host)} (prod): ");
            if ((StandardStreams.ReadLine()?.Trim() ?? "") != plan.Host) return false;
        }
        if (plans.All(plan => plan.IsProduction)) return true;
        context.Error.Write($"Apply this to {Plain.Text(string.Join(", ", plans.Select(plan => plan.Host)))}? [y/N] ");
        return StandardStreams.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static void Write(Utf8JsonWriter json, AgentPlan plan, AgentResult? result)
    {
        json.WriteString("host", plan.Host);
        json.WriteString("action", plan.Action.ToString().ToLowerInvariant());
        json.WriteString("mode", plan.Mode);
        json.WriteString("path", plan.AgentPath);
        json.WriteString("version_before", plan.VersionBefore);
        json.WriteString("version_after", result is null ? plan.VersionAfter : result.Version);
        json.WriteString("sha256_before", plan.DigestBefore);
        json.WriteString("sha256_after", plan.DigestAfter);
        json.WriteBoolean("empty", plan.IsEmpty);
        json.WriteBoolean("changed", result is { IsChanged: true });
        if (result?.AuditSeq is { } seq) json.WriteNumber("audit_seq", seq);
        Texts(json, "steps", plan.Steps);
        Texts(json, "warnings", plan.Warnings);
        Texts(json, "notes", result?.Notes ?? []);
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    // At once, in order: Progress<T> would hand it to another thread.
    private sealed class Said(VerbContext context, string host) : IProgress<string>
    {
        public void Report(string value)
        {
            if (!Console.IsErrorRedirected) context.Error.WriteLine($"  {Plain.Text(host)}: {Plain.Text(value)}");
        }
    }
}
