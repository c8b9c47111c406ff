using System.Runtime.CompilerServices;

namespace CcConsole.Ssh.Tests.Askpass;

/// <summary>ssh starts the test program as its askpass, as it starts the console: this is the entry of that role.</summary>
internal static class AskpassRole
{
    public static string Executable => Path.Combine(AppContext.BaseDirectory, "CcConsole.Ssh.Tests");

#pragma warning disable CA2255 // This is a program, and the runner's Main must not come first.
    [ModuleInitializer]
    internal static void Enter()
    {
        if (AskpassClient.IsRequested)
            Environment.Exit(AskpassClient.RunAsync(Environment.GetCommandLineArgs()[1]).GetAwaiter().GetResult());
    }
}
