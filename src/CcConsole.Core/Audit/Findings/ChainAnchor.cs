namespace CcConsole.Core.Audit.Findings;

/// <summary>Who remembered the head that a chain is held against.</summary>
public enum AnchorSource
{
    /// <summary>The person, who gave it (<c>--remembered</c>).</summary>
    Given,

    /// <summary>This console, when it pulled from the host; the chain is what the host has now.</summary>
    Console,

    /// <summary>This console, when it pulled from the host; the chain is the copy beside that head, in the same cache.</summary>
    Copy,

    /// <summary>The host's own head file, beside its log.</summary>
    Host,
}

/// <summary>What a chain was held against.</summary>
/// <param name="Source">Who remembered it.</param>
/// <param name="Head">The head.</param>
/// <param name="At">Since when, where it is known.</param>
public sealed record ChainAnchor(AnchorSource Source, RememberedHead Head, DateTimeOffset? At = null);
