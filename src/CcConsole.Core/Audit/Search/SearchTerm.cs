namespace CcConsole.Core.Audit.Search;

/// <summary>One condition of a <see cref="SearchText"/>: words that stand side by side in one text of an entry.</summary>
/// <param name="Words">The words, folded; at least one.</param>
/// <param name="IsPrefix">Whether the last of them may go on.</param>
/// <param name="IsExcluded">Whether an entry must not hold them.</param>
public sealed record SearchTerm(IReadOnlyList<string> Words, bool IsPrefix, bool IsExcluded);
