using System.Globalization;
using System.Numerics;
using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Access;

namespace CcConsole.Store.OwnChain;

/// <summary>
/// The tree of the console's own chain as it was at its last checkpoint, and where that entry stands: a signature goes on from there. It only
/// saves time: a file that is missing, torn or of another chain is none, and <see cref="OwnChainFile"/> believes it only where the chain's own
/// checkpoint says the same.
/// </summary>
/// <param name="Chain">The chain's id.</param>
/// <param name="Tree">The tree over all entries before the checkpoint, whose sequence is its size.</param>
/// <param name="Announced">The key that was announced before the checkpoint.</param>
/// <param name="Segment">The file name of the segment in which the checkpoint lies.</param>
/// <param name="Start">Where its line begins there.</param>
internal sealed record OwnTree(string Chain, CompactRange Tree, string Announced, string Segment, long Start)
{
    private const string Mark = "cc-console-tree";

    /// <summary>Null when there is none that can be used.</summary>
    public static OwnTree? Read(string path, string chain)
    {
        if (!PrivatePath.CheckFile(path) || File.ReadAllText(path, Encoding.ASCII) is not { Length: < 8192 } text
            // The digest of all before it comes last.
            || text.LastIndexOf(' ') is not (> 0 and var last) || text[(last + 1)..] != $"{Sha256.Hash(Encoding.ASCII.GetBytes(text[..last]))}\n"
            || text[..last].Split(' ') is not [Mark, "1", var of, var size, var announced, var segment, var start, .. var hashes] || of != chain
            || !Number(size, out long leaves) || !Number(start, out long at) || BitOperations.PopCount((ulong)leaves) != hashes.Length)
        {
            return null;
        }

        List<Hash32> known = [];
        foreach (string hash in hashes)
        {
            if (!Hash32.TryParse(hash, out Hash32 parsed))
            {
                return null;
            }

            known.Add(parsed);
        }

        return new OwnTree(chain, CompactRange.From(leaves, known), announced, segment, at);
    }

    /// <summary>Puts it in the place of the one before, at once or not at all.</summary>
    public void Write(string path)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Mark} 1 {Chain} {Tree.Size} {Announced} {Segment} {Start}") + string.Concat(Tree.Hashes.Select(hash => $" {hash}"));
        PrivatePath.WriteAtomically(path, Encoding.ASCII.GetBytes($"{text} {Sha256.Hash(Encoding.ASCII.GetBytes(text))}\n"));
    }

    private static bool Number(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
