namespace CcConsole.Ssh;

/// <summary>What ssh asks.</summary>
public enum AskpassKind
{
    /// <summary>Whether a host key that nobody has confirmed yet is the right one. The answer is the fingerprint that was shown.</summary>
    HostKey,

    /// <summary>The passphrase of a private key.</summary>
    Passphrase,

    /// <summary>The password of the account.</summary>
    Password,

    /// <summary>Anything that is answered by <c>yes</c> or <c>no</c>.</summary>
    Confirm,

    /// <summary>A notice without an answer: touch the security key.</summary>
    Notice,

    /// <summary>Another question, of keyboard-interactive authentication: a one-time code, for example. Its text is the host's.</summary>
    Other,
}

/// <summary>A question of ssh.</summary>
/// <param name="Host">The host that is being connected to, as the person named it; a jump host on the way asks under its name too.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Text">The question as ssh put it, with control characters made visible; may have several lines.</param>
/// <param name="Key">For <see cref="AskpassKind.HostKey"/>: the key that the host showed.</param>
/// <param name="KeyFile">For <see cref="AskpassKind.Passphrase"/>: the private key's file.</param>
public sealed record AskpassPrompt(
    string Host, AskpassKind Kind, string Text, HostKey? Key = null, string? KeyFile = null)
{
    /// <summary>True when the answer is a secret and must not be echoed.</summary>
    public bool IsSecret => Kind is AskpassKind.Passphrase or AskpassKind.Password or AskpassKind.Other;
}
