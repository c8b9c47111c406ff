using System.Globalization;
using System.Text;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.Access;

namespace CcConsole.Store.OwnChain;

/// <summary>The last entry of the console's own chain that is known to be on disk, kept outside of the log.</summary>
/// <param name="Chain">The chain's id.</param>
/// <param name="Seq">The entry's sequence.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Segment">The file name of the segment in which it lies.</param>
/// <param name="Start">Where its line begins there.</param>
/// <param name="End">Where its line ends there.</param>
internal sealed record OwnHead(string Chain, long Seq, Hash32 Hash, string Segment, long Start, long End)
{
    private const string Mark = "cc-console-chain";

    /// <summary>Null when there is none.</summary>
    /// <exception cref="ProblemException">What is there is none.</exception>
    public static OwnHead? Read(string path)
    {
        if (!PrivatePath.CheckFile(path))
        {
            return null;
        }

        string[] parts = File.ReadAllText(path, Encoding.UTF8).TrimEnd('\n').Split(' ');
        return parts is [Mark, "1", var chain, var seq, var hash, var segment, var start, var end]
            && Number(seq, out long last) && Number(start, out long from) && Number(end, out long to) && Hash32.TryParse(hash, out Hash32 known)
            ? new OwnHead(chain, last, known, segment, from, to)
            : throw new ProblemException($"{path} does not say where this console's own audit chain ends", "Keep the file as evidence and remove it: the chain will then say that its remembered head was gone.");
    }

    public void Write(string path) => PrivatePath.WriteAtomically(path, Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{Mark} 1 {Chain} {Seq} {Hash} {Segment} {Start} {End}\n")));

    private static bool Number(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
