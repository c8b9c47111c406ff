using System.Globalization;

namespace CcConsole.Ssh;

/// <summary>
/// Arguments of the ssh client (ssh(1), ssh_config(5)). The first value of an option counts, so ours come before
/// those of the files.
/// </summary>
internal static class ClientArguments
{
    /// <summary>
    /// The master: logs in, forks, and holds the connection until it was idle. It has no terminal, no shell and no
    /// forwardings, also not that of the agent: nothing here needs them.
    /// </summary>
    internal static List<string> Master(string host, string socket, SshOptions options, bool interactive)
    {
        string seconds = Seconds(options.ConnectTimeout);
        List<string> arguments =
        [
            .. Configuration(options),
            "-M", "-N", "-f", "-T", "-a", "-x", "-v",
            "-E", "/dev/stdout",
            "-S", socket.Replace("%", "%%", StringComparison.Ordinal),
            "-o", $"ControlPersist={Seconds(options.IdleTimeout)}",
            "-o", interactive ? "BatchMode=no" : "BatchMode=yes",
            "-o", interactive ? "StrictHostKeyChecking=ask" : "StrictHostKeyChecking=yes",
            "-o", "NoHostAuthenticationForLocalhost=no",
            // A host may offer further keys of its own for known_hosts: none is taken that nobody has seen.
            "-o", "UpdateHostKeys=no",
            "-o", $"ConnectTimeout={seconds}",
            "-o", $"ServerAliveInterval={Seconds(options.AliveInterval)}",
            "-o", "ServerAliveCountMax=3",
            "-o", "ClearAllForwardings=yes",
            "-o", "PermitLocalCommand=no",
            "-o", "RemoteCommand=none",
            "-o", "VisualHostKey=no",
        ];
        AddExtra(arguments, options);
        arguments.AddRange(["--", Destination(host)]);
        return arguments;
    }

    /// <summary>
    /// One command over the master. Without it there must be no second connection, which is what ssh would try: the
    /// proxy command stands in for the network, says <paramref name="unshared"/> and fails.
    /// </summary>
    internal static List<string> Session(string host, string socket, string command, string unshared) =>
    [
        "-F", "none", "-T", "-a", "-x",
        "-S", socket.Replace("%", "%%", StringComparison.Ordinal),
        "-o", "ControlMaster=no",
        "-o", "BatchMode=yes",
        "-o", "LogLevel=ERROR",
        "-o", $"ProxyCommand=/bin/sh -c 'echo {unshared} >&2; exit 1'",
        "--", Destination(host), command,
    ];

    /// <summary>A word to the master: <c>check</c> or <c>exit</c>.</summary>
    internal static List<string> Control(string host, string socket, string word) =>
        ["-F", "none", "-S", socket.Replace("%", "%%", StringComparison.Ordinal), "-O", word, "--", Destination(host)];

    /// <summary>The effective configuration of a host, printed.</summary>
    internal static List<string> Effective(string host, SshOptions options)
    {
        List<string> arguments = [.. Configuration(options), "-G"];
        AddExtra(arguments, options);
        arguments.AddRange(["--", Destination(host)]);
        return arguments;
    }

    /// <summary>A destination with a port is given as a URI, the one form in which ssh(1) takes both as one word.</summary>
    private static string Destination(string host)
    {
        int colon = host.LastIndexOf(':');
        bool hasPort = colon > 0 && colon < host.Length - 1 && host.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && (host.IndexOf(':', StringComparison.Ordinal) == colon || host[colon - 1] == ']');
        return hasPort ? $"ssh://{host}" : host;
    }

    private static string[] Configuration(SshOptions options) =>
        options.ConfigFile is { } file ? ["-F", file] : [];

    private static void AddExtra(List<string> arguments, SshOptions options)
    {
        foreach (string option in options.ExtraOptions)
            arguments.AddRange(["-o", option]);
    }

    private static string Seconds(TimeSpan span) =>
        Math.Max(1, (int)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
