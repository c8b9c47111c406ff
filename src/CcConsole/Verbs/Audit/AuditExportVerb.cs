using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Audit.Search;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using Humanizer;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit export</c>: a host's verified copy, byte for byte as the host's own, or a selection of it with what proves it.</summary>
internal static class AuditExportVerb
{
    private const string StandardOutput = "-";

    private static readonly Argument<string> To = new("FILE")
    {
        Description = "A file that does not exist yet, or - for standard output; with --evidence a folder, or an archive where it ends in .tar.gz",
    };

    private static readonly Argument<string[]> Words = new("TEXT")
    {
        Description = "With --evidence: only entries that say this, as in audit list",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Evidence = new("--evidence")
    {
        Description = "Export the selected entries with their proofs, keys, and a script, so that they can be checked with nothing of ours",
    };

    private static readonly Option<bool> EveryStep = new("--every-step")
    {
        Description = $"With --evidence: every checkpoint from the chain's first key on, even where there are more than {EvidenceRequest.ShortRatchet:N0}",
    };

    public static Command Create() => FleetVerb.Create(
        "export", "Write a host's verified copy to a new file, byte for byte; or a selection of it as evidence that Python and openssl alone can check; exit 1 when the copy is contradicted, and it is written all the same",
        "cc-console audit export web01 web01.jsonl\n  cc-console audit export web01 case-7.tar.gz --evidence --job backup --since 7d",
        RunAsync, [FleetVerb.Host, To, Words, Evidence, EveryStep, .. AuditSelection.Options]);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = AuditHost.Of(context, fleet), path = context.Get(To);
        if (path.Length == 0) throw new ProblemException("The file to write has no name", "name one that does not exist yet");
        AuditQuery query = AuditSelection.Query(context, context.Get(Words));
        if (context.Get(Evidence)) return Task.FromResult(ExportEvidence(context, fleet, host, path, query));
        if (query.Text.Text.Length > 0 || query with { Text = SearchText.Empty } != new AuditQuery() || context.Get(EveryStep))
            throw new ProblemException("A selection is exported as evidence; without it the whole copy is written", "add --evidence, or leave the rest away");
        if (path == StandardOutput) return Task.FromResult(WriteCopy(context, fleet, host));
        long bytes = fleet.Audit.Export(host, Path.GetFullPath(path));
        IReadOnlyList<ChainConflict> conflicts = fleet.Audit.Conflicts(host);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("file", path);
                json.WriteNumber("bytes", bytes);
                json.WriteNumber("conflicts", conflicts.Count);
            });
        }
        else
        {
            context.Error.WriteLine($"wrote {bytes.Bytes().Humanize()} to {Plain.Text(path)}");
        }
        return Task.FromResult(AuditOutput.TellConflicts(context, conflicts));
    }

    private static int WriteCopy(VerbContext context, FleetControl fleet, string host)
    {
        if (context.Json) throw new ProblemException("With - standard output is the copy, and has no room for --json", "leave one of the two out");
        if (StandardStreams.IsOutputTerminal) throw new ProblemException("A copy is written byte for byte, and a terminal would act on some of them", $"send it into a file or a program, or let cc-console audit list {Plain.Text(host)} show it");
        using Stream copy = fleet.Audit.Read(host);
        using var output = new OutputStream(1);
        copy.CopyTo(output);
        return AuditOutput.TellConflicts(context, fleet.Audit.Conflicts(host));
    }

    private static int ExportEvidence(VerbContext context, FleetControl fleet, string host, string path, AuditQuery query)
    {
        if (path == StandardOutput) throw new ProblemException("Evidence is a folder or an archive of one, and no stream", "name a folder, or a file that ends in .tar.gz; a folder that is to be called so: ./-");
        EvidenceResult result = fleet.Audit.Evidence.Write(new EvidenceRequest(host, query, context.Get(EveryStep)), path, context.Stop);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("path", path);
                json.WriteNumber("entries", result.Selected);
                json.WriteNumber("proven", result.Proven);
                json.WriteNumber("linked", result.Linked);
                json.WriteNumber("checkpoints", result.Checkpoints);
                json.WriteBoolean("whole_ratchet", result.WholeRatchet);
                json.WriteString("manifest", result.ManifestHash);
                json.WriteString("finding", result.Finding);
                json.WriteNumber("conflicts", result.Conflicts.Count);
                AuditOutput.Write(json, result.Head);
            });
        }
        else
        {
            Tell(context, result);
        }
        return result.Finding is null && result.Conflicts.Count == 0 ? Verb.Good : Verb.Findings;
    }

    private static void Tell(VerbContext context, EvidenceResult result)
    {
        string host = Plain.Text(result.Head.Host);
        foreach (ChainConflict conflict in result.Conflicts) context.Output.WriteLine($"✗ {host} contradicts this copy: {Plain.Text(conflict.Verdict)}: {Plain.Text(conflict.Message)}");
        if (result.Finding is { } finding) context.Output.WriteLine($"✗ {Plain.Text(finding)}: no checkpoint from there on is used");
        long rest = result.Selected - result.Proven;
        context.Output.WriteLine($"{(result.IsWhole ? '✓' : '○')} {Plain.Text(result.Path)}: {"entry".ToQuantity(result.Selected)} of {host}, {result.Proven} proven by {"signed checkpoint".ToQuantity(result.Checkpoints)}, {AuditOutput.Age(result.Head)}");
        if (rest > 0)
        {
            long after = result.LastCheckpoint is null ? rest : rest - 1;
            if (after > 0)
            {
                context.Output.WriteLine(result.Checkpoints == 0 ? $"    {after} not signed: no checkpoint can prove {(after == 1 ? "it" : "them")}"
                    : result.Finding is not null ? $"    {after} after the last checkpoint that can be used"
                    : $"    {after} after the last checkpoint, not signed yet: pull in some minutes and export again");
            }
            if (result.LastCheckpoint is { } last)
                context.Output.WriteLine($"    #{last} is the last checkpoint itself: its signature was verified; the rest of its line, such as its time, only the next one signs (--last {last - 1} leaves it out)");
            context.Output.WriteLine(result.Linked > 0 ? $"    linked to the head #{result.Head.Seq} that is remembered" : $"    the lines that link {(rest == 1 ? "it" : "them")} to the head #{result.Head.Seq} are too many and not in it; audit export without --evidence writes all");
        }
        context.Output.WriteLine($"    MANIFEST {result.ManifestHash}");
        context.Error.WriteLine("note that number elsewhere: it tells this export from any other; README.txt says how to check it");
    }
}
