using CcConsole.Composition;
using CcConsole.Ssh;
using CcConsole.Store.Access;

namespace CcConsole.Screens;

/// <summary>The console as the command line starts it: the person's folders, settings and environment.</summary>
internal static class ConsoleRun
{
    /// <summary>Runs until the person quits; without a terminal, writes the linear report.</summary>
    /// <param name="readOnly">Whether every change is refused.</param>
    /// <param name="plain">Whether the linear report is wanted whatever the terminal is.</param>
    /// <param name="json">Whether the linear report is wanted, as JSON.</param>
    /// <param name="output">Where the linear report goes.</param>
    /// <param name="stop">Ends the linear report.</param>
    /// <returns>The exit code: 0 good, 1 when the report found something; see <see cref="ConsoleApp.RunAsync"/>.</returns>
    /// <exception cref="Core.ProblemException">A folder, the settings or the cache cannot be used.</exception>
    public static Task<int> RunAsync(bool readOnly, bool plain, bool json, TextWriter output, CancellationToken stop)
    {
        var places = Places.From(Environment.GetEnvironmentVariable);
        return RunAsync(places, Settings.Read(places.Config), readOnly, plain, json, output, null, stop);
    }

    /// <summary>The same with given folders and settings; <paramref name="tamper"/> is the demo's.</summary>
    public static async Task<int> RunAsync(
        Places places, Settings settings, bool readOnly, bool plain, bool json, TextWriter output, Func<string, string>? tamper, CancellationToken stop)
    {
        AskpassServer? askpass = null;
        try
        {
            return await ConsoleApp.RunAsync(new ConsoleStart
            {
                OpenFleet = ask =>
                {
                    // The socket's folder can lie within: what is made on the way to it must be private too.
                    PrivatePath.EnsureDirectory(places.State);
                    askpass = new AskpassServer(Environment.ProcessPath!, places.Runtime, ask);
                    return FleetFactory.Open(places, settings, readOnly, askpass);
                },
                Variable = Environment.GetEnvironmentVariable,
                Home = Environment.GetEnvironmentVariable("HOME") ?? "/",
                ThemesDirectory = places.Themes,
                MachineName = Environment.MachineName,
                WorkingDirectory = Environment.CurrentDirectory,
                SshConfigFile = settings.SshConfig,
                Theme = settings.Theme,
                Plain = plain,
                Json = json,
                Tamper = tamper,
                Output = output,
                Error = Verbs.StandardStreams.Error,
                Stop = stop,
            });
        }
        finally
        {
            if (askpass is not null)
                await askpass.DisposeAsync();
        }
    }
}
