using System.CommandLine;
using CcConsole.Demo;
using CcConsole.Screens;
using CcConsole.Tui.Terminal;

namespace CcConsole.Verbs.Demo;

/// <summary><c>demo</c>: the throwaway fleet, as the console on a terminal, as a story without one.</summary>
internal static class DemoVerb
{
    private static readonly Option<bool> Story = new("--story") { Description = "Tell it as text on a terminal too" };

    public static Command Create() => Verb.Create(
        "demo", "A throwaway fleet on this machine: three hosts, real agents, nothing outside a temporary folder; exit 0 only if every step held",
        "cc-console demo", RunAsync, Story);

    private static async Task<int> RunAsync(VerbContext context)
    {
        await using DemoFleet demo = await DemoFleet.StartAsync(context.Stop);
        bool screen = StandardStreams.IsOutputTerminal && !Console.IsInputRedirected && !context.Get(Story)
            && TerminalEnvironment.CanShowScreen(Environment.GetEnvironmentVariable);
        if (screen) return await ConsoleRun.RunAsync(demo.Places, DemoFleet.Settings, context.Get(FleetVerb.ReadOnly), plain: false, json: false, context.Output, demo.Tamper, context.Stop);
        return await new DemoStory(demo, context.Output, context.Stop).PlayAsync() ? Verb.Good : Verb.Findings;
    }
}
