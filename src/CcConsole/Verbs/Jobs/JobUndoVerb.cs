using System.CommandLine;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job undo</c>: takes a change back, as a plan like any other.</summary>
internal static class JobUndoVerb
{
    private static readonly Argument<long?> Change = new("CHANGE") { Description = "The number of a change; the last one when not given", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Host = new("--host") { Description = "The last change of this host", HelpName = "HOST" };

    public static Command Create() => FleetVerb.Create(
        "undo", "Take a change back: the table becomes what it was before", "cc-console job undo --host web01",
        async (context, fleet) => await PlanConfirmation.ApplyAsync(
            context, fleet, await fleet.Changes.PlanUndoAsync(context.Get(Change), context.Get(Host), context.Stop)),
        Change, Host, PlanConfirmation.Yes, PlanConfirmation.DryRun);
}
