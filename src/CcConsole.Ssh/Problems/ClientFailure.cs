using CcConsole.Core;
namespace CcConsole.Ssh;

/// <summary>
/// Turns what the ssh client said before it gave up (exit code 255, LC_ALL=C) into a cause and a next step. The
/// phrases are those of OpenSSH's sources and of the C library's strerror and gai_strerror.
/// </summary>
internal static class ClientFailure
{
    private static readonly (string Phrase, HostProblemKind Kind)[] Phrases =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", HostProblemKind.HostKeyChanged),
        ("REVOKED HOST KEY", HostProblemKind.HostKeyChanged),
        ("is revoked", HostProblemKind.HostKeyChanged),
        ("has changed and you have requested strict checking", HostProblemKind.HostKeyChanged),
        ("Host key verification failed", HostProblemKind.HostKeyUnknown),
        ("Bad configuration option", HostProblemKind.ConfigError),
        ("bad configuration options", HostProblemKind.ConfigError),
        ("Bad owner or permissions", HostProblemKind.ConfigError),
        ("Can't open user config file", HostProblemKind.ConfigError),
        ("keyword ", HostProblemKind.ConfigError),
        ("unsupported option", HostProblemKind.ConfigError),
        ("Could not resolve hostname", HostProblemKind.NameUnknown),
        ("Permission denied (", HostProblemKind.AuthenticationRefused),
        ("Too many authentication failures", HostProblemKind.AuthenticationRefused),
        ("Unable to negotiate", HostProblemKind.HandshakeFailed),
        ("timed out", HostProblemKind.ConnectTimeout),
        ("Connection refused", HostProblemKind.ConnectionRefused),
        ("No route to host", HostProblemKind.NoRoute),
        ("Network is unreachable", HostProblemKind.NoRoute),
        ("too long for Unix domain socket", HostProblemKind.LocalSetup),
        ("ControlPath too long", HostProblemKind.LocalSetup),
        ("kex_exchange_identification", HostProblemKind.HandshakeFailed),
        ("banner exchange", HostProblemKind.HandshakeFailed),
        ("Connection closed by", HostProblemKind.HandshakeFailed),
        ("Connection reset by", HostProblemKind.HandshakeFailed),
        ("Received disconnect", HostProblemKind.HandshakeFailed),
        ("ssh_dispatch_run_fatal", HostProblemKind.HandshakeFailed),
    ];

    /// <summary>The failure in words.</summary>
    internal static HostProblemException Describe(string host, ClientLog log)
    {
        // A jump host that failed says why on standard error; the client then only sees a closed connection.
        string line = "", onTheWay = "";
        HostProblemKind kind = HostProblemKind.Other;
        if (Find(log.Lines) is { } own)
            (line, kind) = own;
        if (kind is HostProblemKind.Other or HostProblemKind.HandshakeFailed && Find(log.OtherLines) is { } nested)
        {
            (line, kind) = nested;
            onTheWay = " (so said a jump host or proxy command on the way)";
        }
        if (line.Length == 0)
            line = log.Lines.LastOrDefault() ?? log.OtherLines.LastOrDefault() ?? "the ssh client said nothing";
        (string message, string hint) = Word(host, kind, line, log);
        return new HostProblemException(host, kind, message + onTheWay, hint) { Key = log.Key };
    }

    private static (string Line, HostProblemKind Kind)? Find(string[] lines)
    {
        foreach ((string phrase, HostProblemKind kind) in Phrases)
        {
            if (Array.Find(lines, line => line.Contains(phrase, StringComparison.Ordinal)) is { } line)
                return (line, kind);
        }
        return null;
    }

    private static (string Message, string Hint) Word(string host, HostProblemKind kind, string line, ClientLog log) => kind switch
    {
        HostProblemKind.HostKeyUnknown =>
            ($"The host key of {host} is not known yet{Shown(log, ": it shows ")}",
            "Compare the fingerprint with one from a source you trust (on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then confirm it."),
        HostProblemKind.HostKeyChanged =>
            ($"The host key of {host} is not the known one{Shown(log, ": it shows ")}{Known(log)}", ChangedHint(log)),
        HostProblemKind.AuthenticationRefused =>
            ($"{host} refuses the login: {line}",
            $"Check the user name and the key ('ssh -v {host}'), or load the key into the agent ('ssh-add')."),
        HostProblemKind.NameUnknown => ($"The name of {host} does not resolve: {line}", "Check the spelling, HostName in ssh_config, and DNS."),
        HostProblemKind.ConnectionRefused => ($"{host} refuses the connection: {line}", "Check that sshd runs there, and Port in ssh_config."),
        HostProblemKind.ConnectTimeout => ($"{host} does not answer: {line}", "Check that the host is up, and that no firewall is in between."),
        HostProblemKind.NoRoute => ($"{host} cannot be reached: {line}", "Check the network, the VPN and ProxyJump in ssh_config."),
        HostProblemKind.HandshakeFailed => ($"{host} ended the handshake: {line}", "Look at sshd's log on the host: MaxStartups, a ban, or no algorithm in common."),
        HostProblemKind.ConfigError => ($"ssh cannot read its configuration for {host}: {line}", $"Correct the file; 'ssh -G {host}' shows what ssh makes of it."),
        HostProblemKind.LocalSetup => ($"The control socket for {host} cannot be made: {line}", "Set XDG_RUNTIME_DIR to a shorter path, of mode 0700."),
        _ => ($"ssh could not connect to {host}: {line}", $"Try 'ssh -v {host}' in a terminal."),
    };

    private static string Shown(ClientLog log, string before) => log.Key is { } key ? $"{before}{key}" : "";

    private static string Known(ClientLog log) => log.KnownFile is { } file ? $", but {file} line {log.KnownLine} has another" : "";

    private static string ChangedHint(ClientLog log)
    {
        const string First = "Find out why before anything else: was the host reinstalled, or is someone in between? ";
        if (log.KnownFile is not { } file || log.KnownName is not { } name)
            return First + "Look at the known key with ssh-keygen -F.";
        return First
            + $"See the known key: ssh-keygen -l -F {ShellQuote.Posix(name)} -f {ShellQuote.Posix(file)}. "
            + $"Only when the new fingerprint is proven right, take the old one out: ssh-keygen -R {ShellQuote.Posix(name)} -f {ShellQuote.Posix(file)}.";
    }
}
