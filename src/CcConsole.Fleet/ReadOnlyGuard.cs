using CcConsole.Core;

namespace CcConsole.Fleet;

/// <summary>The one place that read-only mode is decided in: every action that changes something asks here first.</summary>
internal sealed class ReadOnlyGuard(bool readOnly)
{
    public bool IsReadOnly => readOnly;

    /// <exception cref="ProblemException">The console is read-only.</exception>
    public void Demand(string action)
    {
        if (readOnly)
        {
            throw new ProblemException($"This console is read-only: {action} was not done", "Start it without --read-only, and without \"readOnly\" in settings.json, to make changes.");
        }
    }
}
