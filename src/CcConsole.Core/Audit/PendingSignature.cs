using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>A signature that is yet to be checked, and where the verification stood before its line.</summary>
internal readonly record struct PendingSignature(
    SignatureCheck Check, long Line, long Verified, long VerifiedBytes, Hash32 Head, RatchetState Before);
