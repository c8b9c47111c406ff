namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>A complete subtree of a chain's tree: the leaves [<c>Index &lt;&lt; Level</c>, <c>(Index + 1) &lt;&lt; Level</c>).</summary>
/// <param name="Level">How many levels are below it; 0 for a leaf.</param>
/// <param name="Index">Its place among the subtrees of its level, from 0.</param>
/// <param name="Hash">Its root.</param>
public readonly record struct TreeNode(int Level, long Index, Hash32 Hash);
