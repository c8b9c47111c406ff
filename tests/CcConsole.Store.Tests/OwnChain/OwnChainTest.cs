using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Chains;
using CcConsole.Store.OwnChain;
using Xunit;

namespace CcConsole.Store.Tests.OwnChain;

/// <summary>A state folder with the console's own chain.</summary>
public abstract class OwnChainTest : IDisposable
{
    private protected TemporaryCache Folder { get; } = new();

    /// <summary>Removes the folder.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Folder.Dispose();
    }

    private protected string State => Path.Combine(Folder.Root, "audit-state");

    private protected OwnChainFile Open() => new(Folder.Root, "laptop", Folder.Time);

    private protected string[] Segments() => [.. Directory.GetFiles(Path.Combine(Folder.Root, "audit")).Order(StringComparer.Ordinal)];

    private protected static List<JsonElement> Entries(OwnChainFile chain) => [.. chain.Lines().Select(line => JsonDocument.Parse(line.Bytes).RootElement)];

    private protected static string Event(JsonElement entry) => entry.GetProperty("event").GetString()!;

    private protected static VerifyResult Verify(OwnChainFile chain)
    {
        using Stream stream = chain.OpenRead();
        return ChainVerifier.Verify(stream);
    }

    /// <summary>Every note of a chain, held against the lines and the keys that it announces, apart from the product's own verification.</summary>
    private protected static int CheckSignatures(OwnChainFile chain)
    {
        VerifierKey? inForce = null, announced = null;
        CompactRange tree = new();
        int notes = 0;
        foreach (ChainLine line in chain.Lines())
        {
            JsonElement entry = JsonDocument.Parse(line.Bytes).RootElement;
            switch (Event(entry))
            {
                case AuditEvents.Genesis:
                    inForce = VerifierKey.Parse(entry.GetProperty("vkey").GetString()!);
                    break;
                case AuditEvents.KeyNext:
                    announced = VerifierKey.Parse(entry.GetProperty("vkey").GetString()!);
                    break;
                case AuditEvents.Checkpoint:
                    SignedNote note = SignedNote.Parse(entry.GetProperty("note").GetString()!);
                    Assert.True(inForce!.Verify(note));
                    Assert.Equal(new Checkpoint(inForce.Name, line.Seq, tree.Root), Checkpoint.Parse(note.Text));
                    (inForce, announced) = (announced, null);
                    notes++;
                    break;
            }

            tree.Append(MerkleHash.Leaf(line.Bytes.Span));
        }

        return notes;
    }
}
