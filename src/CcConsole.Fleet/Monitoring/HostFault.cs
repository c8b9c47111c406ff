using CcConsole.Core;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Monitoring;

/// <summary>A fault of this program, met on one host: it is said there, and keeps no other host from its turn.</summary>
public static class HostFault
{
    /// <summary>The fault in words, the host's name first.</summary>
    public static ProblemException Of(string host, Exception fault) => new(
        $"{host}: the console failed on what the host sent: {Plain.Text(fault.Message)} ({fault.GetType().Name})", "This is a fault of the console: please report it.", fault);
}
