using System.Text.RegularExpressions;

namespace CcConsole.Ssh;

/// <summary>
/// What the ssh client says while it connects (<c>-v</c>). Its own log comes by a way of its own (<c>-E</c>), apart
/// from standard error, where the server's banner, jump hosts and proxy commands write what they like: the host key
/// is taken from the log alone.
/// </summary>
internal sealed partial class ClientLog
{
    private const string Debug = "debug1: ";

    /// <param name="log">The client's own log.</param>
    /// <param name="others">Standard error: banners, nested clients of jump hosts, proxy commands.</param>
    internal ClientLog(string log, string others)
    {
        Lines = Split(log);
        OtherLines = Split(others);
        Match match = ServerKey().Match(log);
        Key = match.Success ? new HostKey(match.Groups[1].Value, match.Groups[2].Value) : null;
        match = Offending().Match(log);
        if (match.Success)
            (KnownFile, KnownLine) = (Plain.Text(match.Groups[1].Value), match.Groups[2].Value);
        match = KnownAs().Match(log);
        KnownName = match.Success ? Plain.Text(match.Groups[1].Value) : null;
    }

    /// <summary>What the client says, without debugging.</summary>
    internal string[] Lines { get; }

    /// <summary>What others say, without the debugging of nested clients.</summary>
    internal string[] OtherLines { get; }

    /// <summary>The key that the server showed, where the handshake came that far.</summary>
    internal HostKey? Key { get; }

    /// <summary>The file of the known key that differs.</summary>
    internal string? KnownFile { get; }

    /// <summary>Its line there.</summary>
    internal string? KnownLine { get; }

    /// <summary>The host's name as known_hosts has it, for example <c>[example.org]:2222</c>.</summary>
    internal string? KnownName { get; }

    private static string[] Split(string text) =>
        [.. text.Split('\n').Where(line => !line.StartsWith(Debug, StringComparison.Ordinal)).Select(Plain.Text).Where(line => line.Length > 0)];

    [GeneratedRegex("^debug1: Server host key: (\\S+) (SHA256:[A-Za-z0-9+/]{43})", RegexOptions.Multiline)]
    private static partial Regex ServerKey();

    [GeneratedRegex("^Offending .*key in (.+):([0-9]+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Offending();

    [GeneratedRegex("^(?:Host key for|No \\S+ host key is known for) (\\S+) (?:has changed|and you)", RegexOptions.Multiline)]
    private static partial Regex KnownAs();
}
