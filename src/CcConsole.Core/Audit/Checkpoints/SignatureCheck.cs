namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>A signature that is yet to be checked: dear enough to be done by another thread.</summary>
internal readonly record struct SignatureCheck(VerifierKey Key, SignedNote Note)
{
    public bool Holds() => Key.Verify(Note);
}
