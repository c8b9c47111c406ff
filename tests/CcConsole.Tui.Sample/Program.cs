using CcConsole.Tui.App;
using CcConsole.Tui.Sample;
using CcConsole.Tui.Terminal;

using var terminal = new UnixTerminal();
using var application = new Application(terminal, new ApplicationOptions { Depth = TerminalEnvironment.Depth(Environment.GetEnvironmentVariable) });
return application.Run(new SampleView(application));
