using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using CcConsole.Screens;
using CcConsole.Verbs.Agents;
using CcConsole.Verbs.Audit;
using CcConsole.Verbs.Changes;
using CcConsole.Verbs.Completion;
using CcConsole.Verbs.Crontab;
using CcConsole.Verbs.Demo;
using CcConsole.Verbs.Doctor;
using CcConsole.Verbs.Hosts;
using CcConsole.Verbs.Jobs;
using CcConsole.Verbs.Reports;
using CcConsole.Verbs.Themes;

namespace CcConsole.Verbs;

/// <summary>The command line: parses it, and runs the console when it names no verb.</summary>
internal static class RootVerb
{
    private const int BrokenPipe = 32; // EPIPE

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await ParseAndRunAsync(args);
        }
        catch (IOException broken)
        {
            // A reader that went away (| head) is not worth a word, but the exit code says that not all was written.
            if (broken.HResult != BrokenPipe) StandardStreams.Error.WriteLine($"cc-console: {Plain.Text(broken.Message)}");
            return Verb.Failure;
        }
    }

    private static async Task<int> ParseAndRunAsync(string[] args)
    {
        // Answered before anything else is set up: this is asked by scripts and by publish.sh.
        if (args is ["--version"])
        {
            StandardStreams.Output.WriteLine($"cc-console {Version}");
            StandardStreams.Output.Flush();
            return Verb.Good;
        }

        if (CommandLine.Problem(args) is { } unreadable) return Verb.Report(StandardStreams.Error, unreadable);

        // "@daily" is a schedule, not the name of a file with further arguments.
        ParseResult parsed = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        using var stop = new StopSignals();
        var configuration = new InvocationConfiguration
        {
            Output = StandardStreams.Output,
            Error = StandardStreams.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError problem in parsed.Errors)
                configuration.Error.WriteLine($"cc-console: {Plain.Text(problem.Message)}");
            configuration.Error.WriteLine($"  next: {CommandPath(parsed)} --help");
            configuration.Error.Flush();
            return Verb.Failure;
        }
        int code = await parsed.InvokeAsync(configuration, stop.Token);
        configuration.Output.Flush();
        configuration.Error.Flush();
        return code;
    }

    /// <summary>The product's version, as the build set it.</summary>
    public static string Version { get; } =
        typeof(RootVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The verbs and what they take.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("See and change cron jobs on many hosts over SSH, watch each run, and prove it afterwards.");
        // Left to itself, help asks .NET's console for the width, which switches the terminal's keypad and leaves it so.
        foreach (HelpAction help in root.Options.Select(option => option.Action).OfType<HelpAction>()) help.MaxWidth = HelpWidth;
        root.Add(Verb.Json);
        root.Add(FleetVerb.ReadOnly);
        var plain = new Option<bool>("--plain") { Description = "Write the fleet as lines of text instead of the full screen" };
        root.Add(plain);
        root.SetAction((parsed, stop) => Verb.RunAsync(
            parsed, context => ConsoleRun.RunAsync(context.Get(FleetVerb.ReadOnly), context.Get(plain), context.Json, context.Output, context.Stop), stop));
        // -h and --help are enough; /h and /? are another system's, and would be offered by completion.
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            foreach (string other in (string[])["-?", "/?", "/h"]) help.Aliases.Remove(other);
        }
        root.Add(HostVerbs.Create());
        root.Add(JobVerbs.Create());
        root.Add(ChangeVerbs.Create());
        root.Add(ReportVerbs.Create());
        root.Add(AuditVerbs.Create());
        root.Add(AgentVerbs.Create());
        root.Add(CrontabVerbs.Create());
        root.Add(DemoVerb.Create());
        root.Add(ThemeVerbs.Create());
        root.Add(DoctorVerb.Create());
        root.Add(CompletionVerb.Create());
        WholeNumbers.ReadIn(root);
        return root;
    }

    private const int HelpWidth = 100;

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
            names.Insert(0, command.Command is RootCommand ? "cc-console" : command.Command.Name);
        return string.Join(' ', names);
    }
}
