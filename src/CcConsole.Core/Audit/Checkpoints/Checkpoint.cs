using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>What a checkpoint's note says (c2sp.org/tlog-checkpoint): the root of a log's tree at a size. Of our logs, without extension lines.</summary>
/// <param name="Origin">Which log: see <see cref="OfHost"/>.</param>
/// <param name="Size">How many entries it covers: all before itself.</param>
/// <param name="Root">The root over them.</param>
public sealed record Checkpoint(string Origin, long Size, Hash32 Root)
{
    /// <summary>The origin of a host's chain, and the name of its keys.</summary>
    /// <param name="chain">The chain's id.</param>
    public static string OfHost(string chain) => "cc-agent/" + chain;

    /// <summary>The origin of a console's own chain, and the name of its keys.</summary>
    /// <param name="chain">The chain's id.</param>
    public static string OfConsole(string chain) => "cc-console/" + chain;

    /// <summary>The text that is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.ToArray())}\n");

    /// <summary>Reads a note's text.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (text?.Split('\n') is not [{ Length: > 0 } origin, var size, var root, ""]
            || !SignedNote.IsPlain(origin)
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves) || leaves.ToString(CultureInfo.InvariantCulture) != size
            || !Base64Text.TryDecode(root, out var bytes) || bytes.Length != Hash32.Size)
            return false;
        checkpoint = new Checkpoint(origin, leaves, new Hash32(bytes));
        return true;
    }

    /// <summary>Reads a note's text.</summary>
    /// <exception cref="ProblemException">It is none of a checkpoint.</exception>
    public static Checkpoint Parse(string text) => TryParse(text, out var checkpoint)
        ? checkpoint
        : throw new ProblemException("this is no text of a checkpoint: origin, size and root, a line each", "give the text of the entry's note");
}
