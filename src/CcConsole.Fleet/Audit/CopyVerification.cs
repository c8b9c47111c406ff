using CcConsole.Core.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What a verification of the cached copy of a host's chain found; made without the host.</summary>
/// <param name="Head">The remembered head.</param>
/// <param name="Result">The finding over every line of the copy, held against that head.</param>
/// <param name="Conflict">A contradiction by the host that no one has resolved; null when there is none.</param>
public sealed record CopyVerification(ChainHead Head, VerifyResult Result, ChainConflict? Conflict)
{
    /// <summary>True when the copy is whole and nothing contradicts it.</summary>
    public bool IsGood => Result.Verdict is Verdict.Ok or Verdict.Clock && Conflict is null;
}
