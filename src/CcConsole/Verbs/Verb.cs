using System.CommandLine;
using CcConsole.Core;

namespace CcConsole.Verbs;

/// <summary>
/// How every verb is made: a description with an example, an action that gets a <see cref="VerbContext"/>,
/// and one place where failures become words and exit codes (0 good, 1 findings or failures, 2 usage or I/O).
/// </summary>
internal static class Verb
{
    public const int Good = 0;
    public const int Findings = 1;
    public const int Failure = 2;

    /// <summary>On every verb: <c>--json</c>.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON instead of text", Recursive = true };

    public static Command Group(string name, string description, params Command[] verbs)
    {
        var group = new Command(name, description);
        foreach (Command verb in verbs) group.Add(verb);
        return group;
    }

    public static Command Create(
        string name, string description, string example, Func<VerbContext, Task<int>> action, params Symbol[] symbols)
    {
        var verb = new Command(name, $"{description}\n\nExample:\n  {example}");
        foreach (Symbol symbol in symbols)
        {
            if (symbol is Option option) verb.Add(option);
            else verb.Add((Argument)symbol);
        }
        verb.SetAction((parsed, stop) => RunAsync(parsed, action, stop));
        return verb;
    }

    /// <summary>Runs an action; failures become words on standard error and an exit code.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, Func<VerbContext, Task<int>> action, CancellationToken stop)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        TextWriter error = parsed.InvocationConfiguration.Error;
        var context = new VerbContext(parsed, output, error, parsed.GetValue(Json), stop);
        try
        {
            int code = await action(context);
            await output.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (ProblemException problem)
        {
            await output.FlushAsync(CancellationToken.None);
            return Report(error, problem);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }

    /// <summary>Prints what happened and what to do next; gives the exit code.</summary>
    public static int Report(TextWriter error, ProblemException problem)
    {
        error.WriteLine($"cc-console: {Plain.Text(problem.Message)}");
        if (problem.Hint.Length > 0) error.WriteLine($"  next: {Plain.Text(problem.Hint)}");
        return Failure;
    }
}
