using CcConsole.Ssh;

namespace CcConsole.Fleet.Hosts;

/// <summary>The usual ways to hosts: this machine's shell for <c>local</c>, the system's OpenSSH client for all others.</summary>
public static class HostShells
{
    /// <summary>What <see cref="FleetOptions.Shells"/> is made of.</summary>
    /// <param name="options">How the ssh client is used.</param>
    /// <param name="time">The clock of the limits.</param>
    public static Func<HostEntry, IHostShell> Create(SshOptions options, TimeProvider? time = null) => host => host.IsLocal
        ? new LocalShell(host.Name, host.Environment?.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), null, time)
        : new OpenSshShell(Destination(host.Destination), options, time);

    /// <summary><c>user@host:port</c> as ssh takes it (ssh(1): a URI); all else as it is, an IPv6 address too.</summary>
    internal static string Destination(string destination)
    {
        int colon = destination.LastIndexOf(':');
        bool hasPort = colon > 0 && colon < destination.Length - 1 && destination.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && (destination.IndexOf(':', StringComparison.Ordinal) == colon || destination[colon - 1] == ']');
        return hasPort && !destination.StartsWith("ssh://", StringComparison.Ordinal) ? $"ssh://{destination}" : destination;
    }
}
