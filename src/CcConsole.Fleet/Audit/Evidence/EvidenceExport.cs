using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>
/// Entries of a host's verified copy as evidence: a folder that proves them to someone who has nothing of ours and trusts none of us.
/// Asks no host.
/// </summary>
public sealed class EvidenceExport
{
    private readonly CacheDatabase _cache;
    private readonly FleetOptions _options;
    private readonly AuditSearch _search;
    private readonly Func<string, CancellationToken, CopyVerification> _verify;

    internal EvidenceExport(CacheDatabase cache, FleetOptions options, AuditSearch search, Func<string, CancellationToken, CopyVerification> verify) =>
        (_cache, _options, _search, _verify) = (cache, options, search, verify);

    /// <summary>Writes the folder, or one archive where the name ends in <c>.tar.gz</c>. What could not be finished leaves nothing behind.</summary>
    /// <param name="request">What.</param>
    /// <param name="path">Where; it does not exist yet.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">Nothing was pulled or selected, the copy is not what was pulled, or the files cannot be written.</exception>
    public EvidenceResult Write(EvidenceRequest request, string path, CancellationToken cancellation = default)
    {
        CopyVerification copy = Verified(request.Host, cancellation);
        List<long> selected = Select(request, copy.Head);
        ChainSurvey survey = ChainSurvey.Of(_cache.Chains.Lines(copy.Head), cancellation);
        (EvidencePlan plan, TreeExcerpt? excerpt, string? finding) = Prove(copy.Head, survey, selected, request.EveryStep, cancellation);
        if (FirstBadSignature(copy.Result) is < long.MaxValue and var bad)
        {
            (plan, excerpt, _) = Prove(copy.Head, survey, selected, request.EveryStep, cancellation, bad);
        }

        finding ??= copy.Result.Verdict is Verdict.BadSig or Verdict.Root or Verdict.Ratchet ? $"{copy.Result.Verdict.Word()}: {copy.Result.Message}" : null;
        IReadOnlyList<ChainConflict> conflicts = _cache.Conflicts.All(request.Host);
        try
        {
            using EvidenceFolder folder = new(path);
            DateTimeOffset now = _options.Time.GetUtcNow();
            WriteEntries(folder, copy.Head, survey, plan, excerpt, cancellation);
            WriteConflicts(folder, conflicts);
            folder.Write("export.json", Summary(request, copy, survey, plan, conflicts, finding, now));
            folder.Write("README.txt", new EvidenceText(_options, request, copy, survey, plan).Write(conflicts, finding, now));
            folder.Write("verify.py", Verifier());
            return new EvidenceResult
            {
                Path = path,
                Head = copy.Head,
                Selected = selected.Count,
                Proven = plan.Proven,
                Linked = plan.LinksFrom is null ? 0 : selected.Count - plan.Proven,
                LastCheckpoint = plan.LastCheckpoint,
                Checkpoints = plan.Checkpoints.Count,
                WholeRatchet = plan.WholeRatchet,
                SignedSince = survey.SignedSince,
                ManifestHash = folder.Finish(),
                Finding = finding,
                Conflicts = [.. conflicts.Where(conflict => conflict.ResolvedAt is null)],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The evidence of {Plain.Text(request.Host)} could not be written to {path}: {e.Message}", "Name a folder that does not exist yet, below one of yours, with space for it.", e);
        }
    }

    /// <summary>Proves one entry of a copy: line, link, way to the root and signature are verified now, and the steps from the first key on where they are not very many.</summary>
    /// <exception cref="ProblemException">Nothing was pulled, or it is not held.</exception>
    public EntryProof Prove(string host, AuditRow row, CancellationToken cancellation = default)
    {
        ChainHead head = _cache.Chains.Head(host) ?? throw NoCopy.Of(_cache, host);
        ChainSurvey survey = ChainSurvey.Of(_cache.Chains.Lines(head), cancellation, until: row.Seq, first: head.First);
        (EvidencePlan plan, TreeExcerpt? excerpt, string? finding) = Prove(head, survey, [row.Seq], everyStep: false, cancellation);
        EntryProof proof = new() { Row = row, Head = head, Line = VerifyLine(head, row), Finding = finding, IsSigned = plan.Checkpoints.Count > 0, IsLastCheckpoint = plan.LastCheckpoint is not null };
        if (plan.Proven == 0)
        {
            return proof;
        }

        SignedCheckpoint checkpoint = plan.Proving[0];
        return proof with
        {
            Checkpoint = new CheckpointProof(AuditRow.From(Line(head, checkpoint.Seq)), checkpoint.Seq, checkpoint.Root, Key(head, checkpoint), checkpoint.Key,
                plan.WholeRatchet, MerkleHash.Leaf(row.Line.Span), excerpt!.Prove(row.Seq, checkpoint.Seq)),
        };
    }

    private VerifyResult VerifyLine(ChainHead head, AuditRow row)
    {
        ChainLine? previous = row.Seq > head.First ? _cache.Chains.Line(head, row.Seq - 1) : null;
        _ = Hash32.TryParse(row.Seq > head.First ? previous is { } held ? AuditRow.From(held).Hash : null : row.PreviousHash, out Hash32 before);
        // Where the line before should be held and is not, it is what comes next: this one leaves a gap.
        ChainVerifier verifier = row.Seq == 0 ? ChainVerifier.Start() : ChainVerifier.Start(before, row.Seq > head.First && previous is null ? row.Seq - 1 : row.Seq);
        verifier.Append([.. row.Line.Span, (byte)'\n']);
        return verifier.Finish();
    }

    /// <summary>The verification of a copy that evidence can be made of: entries and links are whole, and hold the remembered head.</summary>
    private CopyVerification Verified(string host, CancellationToken cancellation)
    {
        CopyVerification copy = _verify(host, cancellation);
        return copy.Result.Verdict is not (Verdict.Torn or Verdict.Hash or Verdict.Link or Verdict.Gap or Verdict.Duplicate or Verdict.NonCanonical or Verdict.Rollback or Verdict.Fork or Verdict.Replaced)
            ? copy
            : throw new ProblemException($"The copy of {Plain.Text(host)} is not what was pulled: {copy.Result.Verdict.Word()}: {copy.Result.Message}; it proves nothing",
                $"cc-console audit export {Plain.Text(host)} FILE writes it as it is.");
    }

    /// <summary>The checkpoint from which on the verification of the whole copy trusts none.</summary>
    private static long FirstBadSignature(VerifyResult result) =>
        result.Verdict is Verdict.BadSig or Verdict.Root or Verdict.Ratchet && result.FirstBad is { } line ? result.FirstSeq + line - 1 : long.MaxValue;

    private List<long> Select(EvidenceRequest request, ChainHead head)
    {
        List<long> selected = [.. _search.Search(request.Selection with { Hosts = [request.Host], WithRetired = false, Last = Math.Min(request.Selection.Last, head.Seq) }).Select(row => row.Seq).Where(seq => request.Marked?.Contains(seq) != false)];
        selected.Reverse();
        // The search leaves out what lies in the archive, and what was moved there since the head was read; evidence does not.
        long end = _cache.Chains.Copies(head.Host).FirstOrDefault(copy => copy.Copy == head.Copy)?.Archived ?? head.Archived;
        if (end > head.First && selected.Count < request.Selection.Limit)
        {
            AuditMatch match = new(request.Selection);
            IEnumerable<long> archived = _cache.Chains.Lines(head, Math.Max(head.First, request.Selection.First), Math.Min(request.Selection.Last, end - 1))
                .Where(line => match.Holds(line.Bytes.Span) && request.Marked?.Contains(line.Seq) != false).Select(line => line.Seq);
            selected = [.. archived.Union(selected).Order().TakeLast(request.Selection.Limit)];
        }

        return selected.Count > 0 ? selected : throw new ProblemException(
            $"The copy of {Plain.Text(request.Host)} holds no such entry: {request.Words}", "cc-console audit list takes the same words and shows what they select.");
    }

    /// <summary>Finds what proves the entries, and verifies it: a checkpoint that does not hold is not used, nor any after it.</summary>
    private (EvidencePlan Plan, TreeExcerpt? Excerpt, string? Finding) Prove(ChainHead head, ChainSurvey survey, List<long> selected, bool everyStep, CancellationToken cancellation, long before = long.MaxValue)
    {
        string? finding = survey.Bad?.Words;
        while (true)
        {
            EvidencePlan plan = EvidencePlan.Make(survey, selected, head.Seq, before, everyStep);
            if (plan.Checkpoints.Count == 0)
            {
                return (plan, null, finding);
            }

            TreeExcerpt excerpt = new(plan.Leaves(survey.HasGenesis, survey.First!.Value.Seq), plan.Checkpoints.Select(checkpoint => checkpoint.Seq), survey.Start);
            foreach (ChainLine line in _cache.Chains.Lines(head, excerpt.Size, excerpt.Needed - 1))
            {
                cancellation.ThrowIfCancellationRequested();
                excerpt.Append(MerkleHash.Leaf(line.Bytes.Span));
            }

            if (FirstBad(head, plan, excerpt) is not { } bad)
            {
                return (plan, excerpt, finding);
            }

            (before, finding) = (bad.Seq, bad.Words);
        }
    }

    private (long Seq, string Words)? FirstBad(ChainHead head, EvidencePlan plan, TreeExcerpt excerpt)
    {
        foreach (SignedCheckpoint checkpoint in plan.Checkpoints)
        {
            if (excerpt.RootAt(checkpoint.Seq) != checkpoint.Root)
            {
                return (checkpoint.Seq, $"checkpoint #{checkpoint.Seq} signs another root than the entries have");
            }

            if (!Key(head, checkpoint).Verify(Note(head, checkpoint)))
            {
                return (checkpoint.Seq, $"the signature of checkpoint #{checkpoint.Seq} does not verify");
            }
        }

        return null;
    }

    private void WriteEntries(EvidenceFolder folder, ChainHead head, ChainSurvey survey, EvidencePlan plan, TreeExcerpt? excerpt, CancellationToken cancellation)
    {
        folder.Write("entries.jsonl", Lines(head, plan.Selected, cancellation));
        if (survey.HasGenesis)
        {
            folder.Write("genesis.jsonl", [survey.First!.Value.Bytes]);
        }

        if (plan.LinksFrom is { } from)
        {
            folder.Write("links.jsonl", _cache.Chains.Lines(head, from).Select(line => line.Bytes));
        }

        if (excerpt is null)
        {
            return;
        }

        folder.Write("checkpoints.jsonl", Lines(head, [.. plan.Checkpoints.Select(checkpoint => checkpoint.Seq)], cancellation));
        if (plan.Announcements.Any())
        {
            folder.Write("announcements.jsonl", Lines(head, [.. plan.Announcements], cancellation));
        }

        folder.Write("tree.txt", excerpt.Nodes.Select(node => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{node.Level} {node.Index} {node.Hash}"))));
        foreach (SignedCheckpoint checkpoint in plan.Proving)
        {
            SignedNote note = Note(head, checkpoint);
            folder.Write($"notes/{checkpoint.Seq}.txt", note.Text);
            folder.Write($"notes/{checkpoint.Seq}.sig", note.Signatures[0].Signature.Span);
            folder.Write($"keys/{checkpoint.Key}.pem", PemEncoding.WriteString("PUBLIC KEY", Key(head, checkpoint).SubjectPublicKeyInfo.Span) + "\n");
        }
    }

    private void WriteConflicts(EvidenceFolder folder, IReadOnlyList<ChainConflict> conflicts)
    {
        foreach (ChainConflict conflict in conflicts)
        {
            (ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs) = _cache.Conflicts.Evidence(conflict.Id);
            string of = $"conflicts/{conflict.Id}/";
            folder.Write(of + "ours", ours.Span);
            folder.Write(of + "theirs", theirs.Span);
            folder.Write(of + "conflict.txt", string.Create(CultureInfo.InvariantCulture, $"""
                chain {Plain.Text(conflict.Chain)}
                from entry {conflict.Seq}
                verdict {Plain.Text(conflict.Verdict)}
                {Plain.Text(conflict.Message)}
                found {conflict.FoundAt:O}
                {(conflict.ResolvedAt is { } at ? $"resolved {at:O} by {Plain.Text(conflict.ResolvedBy ?? "")}" : "not resolved")}
                ours: what this console had verified; theirs: what the host gave

                """).ReplaceLineEndings("\n"));
        }
    }

    private byte[] Summary(
        EvidenceRequest request, CopyVerification copy, ChainSurvey survey, EvidencePlan plan, IReadOnlyList<ChainConflict> conflicts, string? finding, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.Default }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", 1);
            json.WriteString("host", request.Host);
            json.WriteString("chain", copy.Head.Chain);
            json.WriteString("selection", request.Words);
            json.WriteNumber("selected", plan.Selected.Count);
            json.WriteNumber("proven", plan.Proven);
            json.WriteString("ratchet", plan.WholeRatchet ? "whole" : "parts");
            if (survey.SignedSince is { } since)
            {
                json.WriteNumber("signed_since", since);
            }
            else
            {
                json.WriteNull("signed_since");
            }

            json.WriteString("genesis_hash", copy.Head.First == 0 ? copy.Head.GenesisHash : null);
            json.WriteStartObject("head");
            json.WriteNumber("seq", copy.Head.Seq);
            json.WriteString("hash", copy.Head.Hash);
            if (copy.Head.HasEnded)
            {
                json.WriteString("pulled_at", copy.Head.PulledAt);
            }
            else
            {
                json.WriteNull("pulled_at");
            }

            json.WriteString("host_key", copy.Head.HostKey);
            json.WriteEndObject();
            json.WriteString("verdict", copy.Result.Verdict.Word());
            json.WriteString("message", copy.Result.Message);
            json.WriteString("finding", finding);
            json.WriteNumber("conflicts", conflicts.Count);
            json.WriteNumber("conflicts_open", conflicts.Count(conflict => conflict.ResolvedAt is null));
            json.WriteString("exported_at", now);
            json.WriteString("exported_by", $"{_options.Actor} on {_options.Origin}");
            json.WriteString("exported_with", _options.Client);
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private IEnumerable<ReadOnlyMemory<byte>> Lines(ChainHead head, IReadOnlyList<long> ascending, CancellationToken cancellation)
    {
        // Where most of a stretch is wanted it is read as one; else each by its place.
        for (int at = 0; at < ascending.Count;)
        {
            cancellation.ThrowIfCancellationRequested();
            int end = Math.Min(at + 1024, ascending.Count);
            if (ascending[end - 1] - ascending[at] <= 4096)
            {
                int next = at;
                foreach (ChainLine line in _cache.Chains.Lines(head, ascending[at], ascending[end - 1]))
                {
                    if (line.Seq == ascending[next])
                    {
                        next++;
                        yield return line.Bytes;
                    }
                }
            }
            else
            {
                for (int i = at; i < end; i++)
                {
                    yield return Line(head, ascending[i]).Bytes;
                }
            }

            at = end;
        }
    }

    private ChainLine Line(ChainHead head, long seq) => _cache.Chains.Line(head, seq)
        ?? throw new ProblemException($"The copy of {Plain.Text(head.Host)} has no entry #{seq}", $"cc-console audit verify --host {Plain.Text(head.Host)} says what it holds.");

    private SignedNote Note(ChainHead head, SignedCheckpoint checkpoint) => SignedNote.Parse(ChainLines.Member(Line(head, checkpoint.Seq).Bytes.Span, "note"u8)!);

    private VerifierKey Key(ChainHead head, SignedCheckpoint checkpoint) => VerifierKey.Parse(ChainLines.Member(Line(head, checkpoint.Key).Bytes.Span, "vkey"u8)!);

    private static byte[] Verifier()
    {
        using Stream script = typeof(EvidenceExport).Assembly.GetManifestResourceStream("evidence/verify.py")!;
        using MemoryStream bytes = new();
        script.CopyTo(bytes);
        return bytes.ToArray();
    }
}
