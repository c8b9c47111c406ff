using System.Runtime.InteropServices;

namespace CcConsole.Ssh;

/// <summary>kill(2), for a process group: .NET can end a process and what it finds below it, not a group.</summary>
internal static partial class Signals
{
    internal const int Kill = 9;
    internal const int Terminate = 15;

    /// <summary>False when there is no such group (any more), or it may not be signalled.</summary>
    internal static bool SendToGroup(int group, int signal) => group > 1 && Send(-group, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
