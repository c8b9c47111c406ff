using CcConsole.Core;
using CcConsole.Fleet.Audit;

namespace CcConsole.Fleet;

/// <summary>
/// The one place that every action asks first which changes something: read-only mode is decided here, and whether the change can be
/// recorded in the console's own chain.
/// </summary>
internal sealed class ReadOnlyGuard(bool readOnly, OwnChain own)
{
    public bool IsReadOnly => readOnly;

    /// <summary>Where what was done is recorded.</summary>
    public OwnChain Own => own;

    /// <summary>Of what is done on or about a host, and recorded.</summary>
    /// <exception cref="ProblemException">The console is read-only, or its own audit chain cannot be written.</exception>
    public void Demand(string action)
    {
        DemandLocal(action);
        own.Demand(action);
    }

    /// <summary>Of what concerns this console alone.</summary>
    /// <exception cref="ProblemException">The console is read-only.</exception>
    public void DemandLocal(string action)
    {
        if (readOnly)
        {
            throw new ProblemException($"This console is read-only: {action} was not done", "Start it without --read-only, and without \"readOnly\" in settings.json, to make changes.");
        }
    }
}
