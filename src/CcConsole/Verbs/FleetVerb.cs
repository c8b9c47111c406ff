using System.CommandLine;
using System.CommandLine.Completions;
using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Monitoring;

namespace CcConsole.Verbs;

/// <summary>A verb that works on the fleet: opens it, runs, and closes its connections.</summary>
internal static class FleetVerb
{
    /// <summary>On every verb: <c>--read-only</c>.</summary>
    public static readonly Option<bool> ReadOnly = new("--read-only") { Description = "Refuse every change", Recursive = true };

    public static readonly Argument<string> Host = new("HOST") { Description = "A host's name in the fleet", HelpName = "HOST", CompletionSources = { _ => Names() } };

    /// <summary>Of verbs that change: one host, or many as one plan.</summary>
    public static readonly Argument<string> ChangedHosts = new("HOST")
    {
        Description = "A host's name; several with commas, tag:WORD, or all, as one plan with a diff for each",
        HelpName = "HOST[,HOST…]",
        CompletionSources = { _ => Names() },
    };

    public static readonly Argument<string[]> Hosts = new("HOST")
    {
        Description = "Hosts' names, or tag:WORD; all when none is given",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "HOST", // else the help puts the names themselves there
        CompletionSources = { _ => Names() },
    };

    public static readonly Option<bool> Cached = new("--cached") { Description = "Ask no host: show what is known" };

    public static Command Create(
        string name, string description, string example, Func<VerbContext, FleetControl, Task<int>> action, params Symbol[] symbols) =>
        Verb.Create(name, description, example, async context =>
        {
            Places places = Places.From(Environment.GetEnvironmentVariable);
            await using FleetControl fleet = FleetFactory.Open(places, Settings.Read(places.Config), context.Get(ReadOnly));
            fleet.Changes.Settled += change => context.Error.WriteLine($"! {Plain.Text(Jobs.ChangeOutput.Interrupted(change))}");
            fleet.Own.Failed += problem => context.Error.WriteLine($"! {Plain.Text(problem)}");
            int code = await action(context, fleet);
            fleet.Own.Finish();
            return code;
        }, symbols);

    // What a shell completes to: the list as it is in the file; where it cannot be read, the verb itself will say so.
    public static IEnumerable<CompletionItem> Names()
    {
        try
        {
            string file = Path.Combine(Places.From(Environment.GetEnvironmentVariable).Config, "hosts.json");
            return [.. new HostsFile(file).Load().Select(host => new CompletionItem(host.Name))];
        }
        catch (ProblemException)
        {
            return [];
        }
    }

    /// <summary>
    /// Does something with each host that the words mean, all at once; a host that fails is named on standard error, and
    /// the others are served. Gives the exit code.
    /// </summary>
    public static async Task<int> ForEachAsync<T>(
        VerbContext context, FleetControl fleet, IReadOnlyList<string> words, Func<string, Task<T>> work, Action<string, T> take)
    {
        var hosts = fleet.Hosts.Select(words);
        if (hosts.Count == 0) throw new ProblemException("There is no host in the fleet yet", "cc-console host add NAME DESTINATION; this machine: cc-console host add here local");
        int code = Verb.Good;
        (string Name, Task<T> Task)[] running = [.. hosts.Select(host => (host.Name, RunAsync(host.Name)))];
        foreach ((string name, Task<T> task) in running)
        {
            try
            {
                take(name, await task);
            }
            catch (ProblemException problem)
            {
                context.Error.WriteLine($"cc-console: {Plain.Text(Screens.HostText.With(name, problem.Message))}");
                if (problem.Hint.Length > 0) context.Error.WriteLine($"  next: {Plain.Text(problem.Hint)}");
                code = Verb.Findings;
            }
        }
        return code;

        async Task<T> RunAsync(string name)
        {
            try
            {
                return await work(name);
            }
            catch (Exception e) when (e is not (ProblemException or OperationCanceledException))
            {
                throw HostFault.Of(name, e);
            }
        }
    }
}
