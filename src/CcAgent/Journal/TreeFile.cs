using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>
/// The file that keeps the chain's tree as it was at a checkpoint, so that a start does not hash the whole chain anew. It only
/// saves time: one that is missing, torn or of another chain is none, and <see cref="ChainSignatures"/> believes it only when the
/// chain's own checkpoint says the same.
/// </summary>
internal static class TreeFile
{
    private const string Start = "cc-agent-tree 1";

    internal static string Of(string stateDirectory) => stateDirectory + "/tree";

    /// <summary>The tree; null when there is none that can be used.</summary>
    internal static CompactRange? Read(string path, string chain)
    {
        if (SmallFile.Read(path) is not { Length: > 0 and < 8192 } bytes)
            return null;
        var text = Encoding.ASCII.GetString(bytes);
        // Its start, the chain, the size, the hashes, and a digest of all before.
        if (text.Split(' ') is not [.. { Length: >= 4 } parts, var digest] || string.Join(' ', parts) is not { } signed
            || !digest.EndsWith('\n') || digest.TrimEnd('\n') != Sha256.Hash(Encoding.ASCII.GetBytes(signed)).ToString()
            || $"{parts[0]} {parts[1]}" != Start || parts[2] != chain
            || !long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            return null;
        }

        var hashes = new List<Hash32>();
        foreach (var part in parts.AsSpan(4))
        {
            if (!Hash32.TryParse(part, out var hash))
                return null;
            hashes.Add(hash);
        }

        return System.Numerics.BitOperations.PopCount((ulong)size) == hashes.Count ? CompactRange.From(size, hashes) : null;
    }

    /// <summary>Puts a tree in the place of the one before, at once or not at all.</summary>
    /// <exception cref="ProblemException">It cannot be written.</exception>
    internal static void Write(string path, string chain, CompactRange tree)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Start} {chain} {tree.Size}")
            + string.Concat(tree.Hashes.Select(hash => $" {hash}"));
        var bytes = Encoding.ASCII.GetBytes($"{text} {Sha256.Hash(Encoding.ASCII.GetBytes(text))}\n");
        var made = path + ".new";
        var fd = Libc.open(made, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        // Before close(2) has a say in why.
        var problem = fd >= 0 && StandardStreams.WriteAll(fd, bytes) && Libc.ftruncate(fd, bytes.Length) == 0 && Libc.fsync(fd) == 0 ? null : Failed(path);
        if (fd >= 0)
            _ = Libc.close(fd);
        if (problem is null && Libc.rename(made, path) != 0)
            problem = Failed(path);
        if (problem is not null)
            throw problem;
    }

    private static ProblemException Failed(string path) => new($"{path} cannot be written: {Libc.ErrorText(Libc.LastError)}");
}
