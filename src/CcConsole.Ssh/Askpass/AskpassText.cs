using System.Text.RegularExpressions;

namespace CcConsole.Ssh;

/// <summary>Reads ssh's questions. The wording is that of OpenSSH's sshconnect.c, sshconnect2.c and readpass.c since 8.4.</summary>
internal static partial class AskpassText
{
    /// <param name="host">The host that is being connected to.</param>
    /// <param name="text">The question, the first argument of SSH_ASKPASS.</param>
    /// <param name="form">SSH_ASKPASS_PROMPT: <c>confirm</c>, <c>none</c> or empty.</param>
    internal static AskpassPrompt Read(string host, string text, string form)
    {
        string plain = string.Join('\n', text.Split('\n').Select(Plain.Text)).Trim();
        if (form == "none")
            return new AskpassPrompt(host, AskpassKind.Notice, plain);
        if (Fingerprint().Match(text) is { Success: true } shown && text.StartsWith("The authenticity of host ", StringComparison.Ordinal))
            return new AskpassPrompt(host, AskpassKind.HostKey, plain, new HostKey(shown.Groups[1].Value, shown.Groups[2].Value));
        if (Passphrase().Match(text) is { Success: true } file)
            return new AskpassPrompt(host, AskpassKind.Passphrase, plain, KeyFile: Plain.Text(file.Groups[1].Value));
        if (form == "confirm" || text.Contains("(yes/no", StringComparison.Ordinal))
            return new AskpassPrompt(host, AskpassKind.Confirm, plain);
        return new AskpassPrompt(host, Password().IsMatch(text) ? AskpassKind.Password : AskpassKind.Other, plain);
    }

    [GeneratedRegex(@"^(\S+) key fingerprint is (SHA256:[A-Za-z0-9+/]{43})", RegexOptions.Multiline)]
    private static partial Regex Fingerprint();

    [GeneratedRegex("^Enter passphrase for (?:key )?'?([^']+?)'?: ?$")]
    private static partial Regex Passphrase();

    [GeneratedRegex(@"^(\(\S+@\S+\) )?(\S+@\S+'s )?[Pp]assword: ?$")]
    private static partial Regex Password();
}
