using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Ssh;
using CcConsole.Tui.App;
using CcConsole.Tui.Terminal;
using CcConsole.Tui.Text;
using CcConsole.Tui.Theming;

namespace CcConsole.Screens;

/// <summary>
/// The console: on a terminal the full screen, elsewhere a linear report of the fleet. Before the first frame nothing happens
/// but opening the cache and reading the themes; hosts are asked afterwards.
/// </summary>
internal static class ConsoleApp
{
    private const string DefaultTheme = "terminal";

    /// <summary>Runs until the person quits or a signal comes.</summary>
    /// <returns>The exit code: 0; of the linear report 1 when something is wrong in the fleet; 128 and the number for a signal.</returns>
    /// <exception cref="ProblemException">The cache or a folder cannot be used.</exception>
    public static async Task<int> RunAsync(ConsoleStart start)
    {
        if (start.Plain || start.Json || !TerminalEnvironment.CanShowScreen(start.Variable))
        {
            await using var plain = start.OpenFleet((_, _) => Task.FromResult<string?>(null));
            var found = await LinearReport.RunAsync(plain, start.Output, start.Time, start.Json, start.Stop);
            await FinishAsync(plain, start);
            return found;
        }
        return await RunScreenAsync(start);
    }

    /// <summary>Makes the view of an application: for <see cref="RunAsync"/>, and for tests on a terminal of their own.</summary>
    public static Shell Create(Application application, FleetControl fleet, ConsoleSettings settings) => new(application, fleet, settings);

    private static async Task<int> RunScreenAsync(ConsoleStart start)
    {
        // ssh's questions come as soon as hosts are asked, which is after the shell is there.
        Shell? shell = null;
        FleetControl? opened = null;
        await using var fleet = opened = start.OpenFleet(async (prompt, gone) =>
        {
            var answer = shell is { } here ? await AskpassQuestions.AskAsync(here, prompt, gone) : null;
            if (answer is not null && prompt.Kind == AskpassKind.HostKey)
                opened?.Own.Record(AuditEvents.HostKeyAccepted, prompt.Host, new AuditMember("fingerprint", answer));
            return answer;
        });
        var ascii = TerminalEnvironment.IsAscii(start.Variable);
        var settings = new ConsoleSettings(fleet.Cache.Preferences)
        {
            Ascii = ascii,
            MachineName = start.MachineName,
            Editor = First(start.Variable("VISUAL"), start.Variable("EDITOR")),
            WorkingDirectory = start.WorkingDirectory,
            Tamper = start.Tamper,
            SshHosts = () => SshConfigHosts.Read(start.SshConfigFile ?? Path.Combine(start.Home, ".ssh", "config"), start.Home),
        };
        var themes = ThemeFiles.Load(start.ThemesDirectory, out var broken);
        var options = new ApplicationOptions
        {
            Time = start.Time,
            Depth = TerminalEnvironment.Depth(start.Variable),
            Themes = themes,
            Theme = DefaultTheme,
            Ascii = ascii,
        };
        int code;
        using (var terminal = new UnixTerminal())
        using (var application = new Application(terminal, options))
        {
            shell = Create(application, fleet, settings);
            UseTheme(application, shell, settings.Get(ThemePopup.Preference) ?? start.Theme, broken);
            application.After(TimeSpan.FromMilliseconds(1), fleet.Monitor.Start);
            code = application.Run(shell);
        }
        await FinishAsync(fleet, start);
        return code;
    }

    /// <summary>Signs what this console did, and tells what it could not record: no screen shows it any more.</summary>
    private static async Task FinishAsync(FleetControl fleet, ConsoleStart start)
    {
        if (fleet.Own.Finish() is { } problem)
            await start.Error.WriteLineAsync($"! {VisibleMark.Clean(problem)}");
    }

    private static void UseTheme(Application application, Shell shell, string? name, string? broken)
    {
        try
        {
            if (name is not null && name != DefaultTheme)
                application.UseTheme(name);
            if (broken is not null)
                shell.Toasts.Fail(broken, "The theme is left out.");
        }
        catch (ThemeFormatException e)
        {
            shell.Toasts.Fail(e.Message, $"The theme {DefaultTheme} is used.");
        }
    }

    private static string? First(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrWhiteSpace(value))
                return value;
        }
        return null;
    }
}
