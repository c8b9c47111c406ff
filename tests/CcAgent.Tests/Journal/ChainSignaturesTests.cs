using System.Globalization;
using System.Text;
using CcAgent.Journal;
using CcAgent.Tests.Harness;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace CcAgent.Tests.Journal;

public class ChainSignaturesTests
{
    [Fact]
    public void Of_a_pruned_chain_the_entry_that_tells_of_it_is_looked_for_from_the_end_and_no_further_than_need_be()
    {
        using var folder = new SecureFolder();
        var before = new CompactRange();
        for (var i = 0; i < 10; i++)
            before.Append(MerkleHash.Leaf(Encoding.ASCII.GetBytes(Line(i))));
        var hashes = string.Join(", ", before.Hashes.Select(static hash => $"\"{hash}\""));
        string[] oldest = [.. Enumerable.Range(10, 10).Select(Line)];
        // What lies between them is not there: whoever reads it fails.
        List<Segment> segments =
        [
            Put(folder, 10, oldest),
            new Segment($"{folder.Path}/none", 20, 0),
            Put(folder, 30, [Line(30), $$"""{"event": "audit.prune", "last": 9, "of": "audit", "tree": [{{hashes}}], "vkey": "the key"}""", Line(32)]),
        ];
        var read = ChainSignatures.Read(segments, null, 15);
        foreach (var line in oldest[..5])
            before.Append(MerkleHash.Leaf(Encoding.ASCII.GetBytes(line)));
        Assert.Equal((15, before.Root, "the key"), (read.Tree.Size, read.Tree.Root, read.InForce));
    }

    private static string Line(int seq) => string.Create(CultureInfo.InvariantCulture, $$"""{"event": "job.finished", "seq": {{seq}}}""");

    private static Segment Put(SecureFolder folder, long first, string[] lines)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{folder.Path}/{first:D20}.jsonl");
        File.WriteAllLines(path, lines);
        return new Segment(path, first, 0);
    }
}
