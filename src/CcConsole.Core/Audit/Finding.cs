namespace CcConsole.Core.Audit;

/// <summary>Why a verification ends at an entry.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="What">What is the matter with the line, as it follows on "line 7 ". Holds no text of the chain.</param>
internal readonly record struct Finding(Verdict Verdict, string What);
