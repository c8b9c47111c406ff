namespace CcConsole.Core;

/// <summary>
/// An expected failure: what happened and to what (<see cref="Exception.Message"/>), and what to do next
/// (<see cref="Hint"/>). The executables print both; a verb then ends with a non-zero exit code.
/// </summary>
public class ProblemException : Exception
{
    /// <param name="message">What happened, and to what: one sentence without a final full stop.</param>
    /// <param name="hint">What to do next; empty when there is nothing that the person can do.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public ProblemException(string message, string hint = "", Exception? inner = null)
        : base(message, inner) => Hint = hint;

    /// <summary>What to do next; empty when there is nothing that the person can do.</summary>
    public string Hint { get; }
}
