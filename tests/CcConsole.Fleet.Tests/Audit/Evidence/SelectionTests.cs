using System.Text;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit.Evidence;

/// <summary>What is selected is in the evidence, wherever the cache keeps it, in the form that was asked for.</summary>
public sealed class SelectionTests : IAsyncDisposable
{
    private readonly ExportedEvidence _evidence = new();

    public ValueTask DisposeAsync() => _evidence.DisposeAsync();

    [Fact]
    public void All_entries_of_a_copy_are_those_in_its_archive_too()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign();
        chain.Store(_evidence.Cache);
        Assert.Equal(30, _evidence.Audit.Archive("web01", 30).Count);

        EvidenceResult result = _evidence.Export();
        (int code, string said) = _evidence.Verify();

        Assert.Equal((chain.Lines.Count, chain.Lines.Count - 1), (result.Selected, result.Proven));
        Assert.True(code is 0 or 2, said);
        Assert.Equal(chain.Lines.Select(Encoding.UTF8.GetString), File.ReadAllLines(Path.Combine(_evidence.At("evidence"), "entries.jsonl")));
    }

    [Fact]
    public void Entries_that_are_archived_while_evidence_is_made_are_in_it()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign();
        chain.Store(_evidence.Cache);
        // Between the head that is verified and the search: a pull has moved old entries.
        EvidenceExport evidence = new(_evidence.Cache, _evidence.Options, _evidence.Audit.Index, (host, cancellation) =>
        {
            CopyVerification found = _evidence.Audit.Verify(host, cancellation: cancellation);
            _evidence.Cache.Archives.Move(found.Head, 25);
            return found;
        });

        EvidenceResult result = evidence.Write(new EvidenceRequest("web01", new AuditQuery { Job = "job3" }), _evidence.At("evidence"));

        Assert.Equal((4, 4), (result.Selected, result.Proven));
        Assert.Equal(chain.Lines.Where(line => Encoding.UTF8.GetString(line).Contains("\"job3\"", StringComparison.Ordinal)).Select(Encoding.UTF8.GetString), File.ReadAllLines(Path.Combine(_evidence.At("evidence"), "entries.jsonl")));
        Assert.Equal(0, _evidence.Verify().Code);
    }

    [Fact]
    public void A_hundred_thousand_entries_share_their_proofs()
    {
        int stretches = Environment.GetEnvironmentVariable("CC_FULL") == "1" ? 200 : 20;
        using SignedChain chain = new();
        for (int i = 0; i < stretches; i++)
        {
            chain.Runs(1000).Sign();
        }

        chain.Store(_evidence.Cache);
        EvidenceResult result = _evidence.Export(new AuditQuery { ExitCode = 1 });
        EvidenceResult most = _evidence.Export(new AuditQuery { Event = "job.finished" }, "most");
        (int code, string said) = _evidence.Verify();
        (int mostCode, string mostSaid) = _evidence.Verify("most");

        Assert.True(code == 0, said);
        Assert.True(mostCode == 0, mostSaid);
        Assert.Equal(stretches * 1000, most.Proven);
        Assert.InRange(new FileInfo(Path.Combine(_evidence.At("evidence"), "tree.txt")).Length, 1, result.Selected * 120);
        // Whole stretches need next to nothing beside the lines.
        Assert.InRange(new FileInfo(Path.Combine(_evidence.At("most"), "tree.txt")).Length, 0, stretches * 1000);
    }

    [Fact]
    public void An_archive_holds_the_same_folder()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Store(_evidence.Cache);
        _evidence.Export(new AuditQuery { Last = 3 }, "case 7.tar.gz");

        Assert.Equal(0, ExportedEvidence.Run("tar", null, "-xzf", _evidence.At("case 7.tar.gz"), "-C", _evidence.Root).Code);
        (int code, string said) = _evidence.Verify("case 7");

        Assert.True(code == 0, said);
        Assert.DoesNotContain("root", ExportedEvidence.Run("tar", null, "-tvzf", _evidence.At("case 7.tar.gz"), "--numeric-owner").Said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_exists_is_not_overwritten_and_an_empty_selection_is_said()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        chain.Store(_evidence.Cache);
        Directory.CreateDirectory(_evidence.At("evidence"));

        Assert.Contains("is there already", Assert.Throws<ProblemException>(() => _evidence.Export()).Message, StringComparison.Ordinal);
        Assert.Contains("no such entry: the entries of the job nothing", Assert.Throws<ProblemException>(() => _evidence.Export(new AuditQuery { Job = "nothing" }, "other")).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_evidence.At("evidence")));
        Assert.False(Path.Exists(_evidence.At("other")));
    }

    [Fact]
    public void A_copy_for_a_folder_that_is_not_there_is_a_problem_in_words()
    {
        using SignedChain chain = new SignedChain().Runs(3);
        chain.Store(_evidence.Cache);
        ProblemException problem = Assert.Throws<ProblemException>(() => _evidence.Audit.Export("web01", _evidence.At("nosuch/copy.jsonl")));
        Assert.Contains("could not be written", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_of_a_copy_whose_first_pull_has_not_ended_names_no_time_of_it()
    {
        using SignedChain chain = new SignedChain().Runs(4).Sign();
        ChainHead head = chain.Store(_evidence.Cache);
        _evidence.Cache.Chains.Append(head with { PulledAt = ChainHead.NotEnded, SeenAt = DateTimeOffset.UtcNow }, [], head);
        _evidence.Export(new AuditQuery { Last = 3 });
        using JsonDocument export = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_evidence.At("evidence"), "export.json")));
        Assert.Equal(JsonValueKind.Null, export.RootElement.GetProperty("head").GetProperty("pulled_at").ValueKind);
        Assert.Equal(0, _evidence.Verify().Code);
    }
}
