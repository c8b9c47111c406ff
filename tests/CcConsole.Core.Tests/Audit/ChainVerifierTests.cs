using System.Text.Json;
using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

public sealed class ChainVerifierTests
{
    public static TheoryData<string> Vectors
    {
        get
        {
            using var expect = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(VectorFolder, "expect.json")));
            return [.. expect.RootElement.EnumerateObject().Select(e => e.Name)];
        }
    }

    internal static string VectorFolder { get; } = FindVectors();

    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_vector_gives_the_entries_the_first_bad_line_and_the_head_that_are_expected(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(VectorFolder, "expect.json")));
        var expect = document.RootElement.GetProperty(name);
        var bytes = File.ReadAllBytes(Path.Combine(VectorFolder, name));

        var result = Verify(bytes);

        Assert.Equal(expect.GetProperty("entries").GetInt64(), result.Entries);
        var firstBad = expect.GetProperty("first_bad");
        Assert.Equal(firstBad.ValueKind == JsonValueKind.Null ? null : firstBad.GetInt64(), result.FirstBad);
        Assert.Equal(firstBad.ValueKind == JsonValueKind.Null, result.Verdict.IsGood());
        if (expect.TryGetProperty("head", out var head))
            Assert.Equal(head.GetString(), result.Head.ToString());
        if (expect.TryGetProperty("remembered", out var remembered))
        {
            var known = RememberedHead.Parse($"{remembered.GetProperty("entries")}:{remembered.GetProperty("head")}");
            var against = expect.GetProperty("against_remembered").GetString();
            Assert.Equal(against == "truncated" ? Verdict.Rollback : Verdict.Fork, Verify(bytes, known).Verdict);
        }
    }

    [Theory]
    [InlineData("bad-modified-entry-8", Verdict.Hash)]
    [InlineData("bad-deleted-entry-8", Verdict.Link)]
    [InlineData("bad-swapped-entries-8-9", Verdict.Link)]
    [InlineData("bad-inserted-entry-11", Verdict.Link)]
    [InlineData("bad-rehashed-entry-5", Verdict.Link)]
    [InlineData("bad-hash-missing-entry-4", Verdict.Hash)]
    [InlineData("bad-genesis-entry-1", Verdict.Hash)]
    [InlineData("bad-duplicated-entry-12", Verdict.Duplicate)]
    [InlineData("bad-torn-last-line-20", Verdict.Torn)]
    [InlineData("bad-not-json-line-6", Verdict.NonCanonical)]
    [InlineData("bad-duplicate-key-line-3", Verdict.NonCanonical)]
    [InlineData("good-sorted", Verdict.Unanchored)]
    public void A_tampered_vector_gets_the_verdict_for_what_was_done(string name, Verdict verdict) =>
        Assert.Equal(verdict, Verify(File.ReadAllBytes(Path.Combine(VectorFolder, name + ".ndjson"))).Verdict);

    internal static VerifyResult Verify(ReadOnlySpan<byte> bytes, RememberedHead? remembered = null)
    {
        var verifier = ChainVerifier.Start(remembered);
        verifier.Append(bytes);
        return verifier.Finish();
    }

    private static string FindVectors()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "vectors", "audit-chain")))
            folder = Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar))!;
        return Path.Combine(folder, "vectors", "audit-chain");
    }
}
