using System.CommandLine;
using System.Text;
using CcConsole.Core;
using CcConsole.Core.Audit.Ocsf;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit list</c>: the newest entries of the hosts' copies, or those that a search finds.</summary>
internal static class AuditListVerb
{
    private const int Shown = 50;

    private static readonly Argument<string[]> Words = new("HOST TEXT")
    {
        Description = "Hosts (names, tag:WORD, all; all when none is given), then what the entries say: words, \"words side by side\", !not, start*; put in quotes, a host's name is text too",
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "HOST|TEXT",
        CompletionSources = { _ => FleetVerb.Names() },
    };

    private static readonly Option<int?> Limit = new("--limit", "-n") { Description = $"At most so many, the newest ({Shown} when not given; csv and ocsf: all)", HelpName = "N" };
    private static readonly Option<bool> Retired = new("--retired") { Description = "Search copies too that were put aside after a conflict" };
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, csv or ocsf (one OCSF event a line)", HelpName = "FORMAT", CompletionSources = { "table", "json", "csv", "ocsf" } };

    public static Command Create() => FleetVerb.Create(
        "list", "List or search the entries of the hosts' verified copies, newest first; asks no host; exit 1 when a copy is contradicted, or a host that is named has none",
        "cc-console audit list web01 /usr/local/bin/backup.sh --since 7d --failures",
        RunAsync, [Words, .. AuditSelection.Options, Limit, Retired, Format]);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string format = context.Get(Format) ?? (context.Json ? "json" : "table");
        if (format is not ("table" or "json" or "csv" or "ocsf"))
            throw new ProblemException($"There is no format \"{format}\"", "give one of table, json, csv, ocsf");
        if (context.Json && format != "json")
            throw new ProblemException($"--json and --format {format} are two formats", "give one of the two");
        AuditQuery query = Query(context, fleet, format is "csv" or "ocsf" ? int.MaxValue : Shown);
        IReadOnlyList<ChainConflict> conflicts = [.. fleet.Audit.Conflicts().Where(conflict => query.Hosts.Count == 0 || query.Hosts.Contains(conflict.Host))];
        // One host without a copy does not keep the others from being listed.
        IReadOnlyList<string> missing = fleet.Audit.Index.NotPulled(query);
        if (query.Hosts.Except(missing).ToList() is { Count: > 0 } rest) query = query with { Hosts = rest };
        IReadOnlyList<ChainHead> copies = fleet.Audit.Index.Copies(query);
        if (new AuditMatch(query).Asks)
            UpdateIndex(context, fleet);

        IEnumerable<AuditRow> rows = fleet.Audit.Search(query, context.Stop);
        int count = format switch
        {
            "csv" => WriteCsv(context, rows),
            "ocsf" => WriteOcsf(context, rows),
            "json" => WriteJson(context, rows),
            _ => WriteTable(context, rows, query.Hosts.Count != 1 || query.WithRetired),
        };
        Tell(context, query, copies, query.WithRetired ? 0 : fleet.Audit.Index.Copies(query with { WithRetired = true }).Count(copy => copy.RetiredAt is not null), count);
        foreach (string host in missing) context.Error.WriteLine($"cc-console: {Plain.Text(host)}: {Plain.Text(AuditOutput.NoCopy(fleet.Audit.State(host)))}: cc-console audit pull {Plain.Text(host)}");
        return Task.FromResult(AuditOutput.TellConflicts(context, conflicts) is var code && missing.Count > 0 ? Verb.Findings : code);
    }

    private static AuditQuery Query(VerbContext context, FleetControl fleet, int limit)
    {
        string[] words = context.Get(Words);
        HashSet<string> known = [.. fleet.Hosts.List().Select(host => host.Name), .. fleet.Audit.Heads().Select(head => head.Host)];
        int hosts = 0;
        while (hosts < words.Length && (words[hosts] == "all" || words[hosts].StartsWith("tag:", StringComparison.Ordinal) || words[hosts].Split(',').All(known.Contains)))
            hosts++;
        // Who lists hosts with commas has mistyped one of them, and would be told that nothing was found.
        if (hosts < words.Length && words[hosts].Split(',') is { Length: > 1 } listed && listed.Any(known.Contains))
            throw new ProblemException($"There is no host \"{listed.First(name => !known.Contains(name))}\" in the fleet, and no copy of one", $"cc-console host list shows the names; as text to search for, it is put in quotes: '\"{words[hosts]}\"'");
        if (context.Get(Limit) is < 1)
            throw new ProblemException($"--limit {context.Get(Limit)} is not 1 or more", "give another number");
        return AuditSelection.Query(context, words.Skip(hosts)) with
        {
            Hosts = words.Take(hosts).Contains("all") ? [] : [.. words.Take(hosts).SelectMany(word => word.StartsWith("tag:", StringComparison.Ordinal)
                ? fleet.Hosts.Select([word]).Select(host => host.Name) : word.Split(','))],
            WithRetired = context.Get(Retired),
            Limit = context.Get(Limit) ?? limit,
        };
    }

    private static void UpdateIndex(VerbContext context, FleetControl fleet)
    {
        bool shown = false;
        IProgress<IndexProgress>? progress = StandardStreams.IsErrorTerminal ? new Each(done =>
        {
            shown = true;
            context.Error.Write($"\rindexing: {done.Done:N0} of {done.Of:N0} entries ");
        }) : null;
        ProblemException? problem = fleet.Audit.Index.UpdateIndex(progress, context.Stop);
        if (shown) context.Error.Write("\r\e[K");
        if (problem is null) return;
        context.Error.WriteLine($"cc-console: {Plain.Text(problem.Message)}; what it lacks is read through, which takes longer");
        if (problem.Hint.Length > 0) context.Error.WriteLine($"  next: {Plain.Text(problem.Hint)}");
    }

    private static int WriteTable(VerbContext context, IEnumerable<AuditRow> rows, bool withHost)
    {
        string[] columns = ["#", "TIME", "EVENT", "ACTOR", "TARGET", "HASH"];
        var table = new TextTable(withHost ? ["HOST", .. columns] : columns);
        foreach (AuditRow row in rows)
        {
            string[] cells = [$"{row.Seq}", TimeText.Seconds(row.Time), row.Event, row.Actor, row.Words.Length > 0 ? $"{row.Target} {row.Words}" : row.Target, row.Hash.Length > 12 ? row.Hash[..12] : row.Hash];
            table.Add(withHost ? [row.Host, .. cells] : cells);
        }
        if (table.Count > 0) table.WriteTo(context.Output);
        return table.Count;
    }

    // One document, written as the rows come.
    private static int WriteJson(VerbContext context, IEnumerable<AuditRow> rows)
    {
        int count = 0;
        foreach (AuditRow row in rows)
        {
            context.Output.Write(count++ == 0 ? "[\n" : ",\n");
            context.Output.Write(JsonOutput.Text(json =>
            {
                json.WriteString("host", row.Host);
                AuditOutput.Write(json, row);
            }));
        }
        context.Output.Write(count == 0 ? "[]\n" : "\n]\n");
        return count;
    }

    private static int WriteCsv(VerbContext context, IEnumerable<AuditRow> rows)
    {
        int count = 0;
        CsvOutput.Line(context.Output, "host", "chain", "seq", "time", "event", "actor", "target", "exit_code", "words", "prev_hash", "hash", "entry");
        foreach (AuditRow row in rows)
        {
            CsvOutput.Line(context.Output, CsvOutput.Text(row.Host), CsvOutput.Text(row.Chain), $"{row.Seq}", row.Time is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", null) : "",
                CsvOutput.Text(row.Event), CsvOutput.Text(row.Actor), CsvOutput.Text(row.Target), row.ExitCode is { } code ? $"{code}" : "", CsvOutput.Text(row.Words),
                CsvOutput.Text(row.PreviousHash), CsvOutput.Text(row.Hash), CsvOutput.Text(row.Text()));
            count++;
        }
        return count;
    }

    private static int WriteOcsf(VerbContext context, IEnumerable<AuditRow> rows)
    {
        int count = 0;
        foreach (AuditRow row in rows)
        {
            context.WriteData(Encoding.UTF8.GetString(OcsfEvent.Of(row.Line.Span, row.Host, row.Host == OwnChain.Name)));
            count++;
        }
        return count;
    }

    // What was searched, how old it is, and what was not.
    private static void Tell(VerbContext context, AuditQuery query, IReadOnlyList<ChainHead> copies, int retired, int count)
    {
        if (copies.Count == 0)
        {
            context.Error.WriteLine(retired == 0 ? "no chain was pulled yet: cc-console audit pull"
                : $"no copy is in use, and {retired} {(retired == 1 ? "was" : "were")} put aside (--retired): cc-console audit pull begins anew");
            return;
        }
        ChainHead oldest = copies.MinBy(copy => copy.PulledAt)!;
        string said = query.Text.Terms.Count > 0 ? $"{count} found for {Plain.Text(query.Text.Text)} in " : "";
        context.Error.WriteLine(copies.Count == 1 ? $"{said}{Plain.Text(oldest.Host)}: {AuditOutput.Age(oldest)}" : $"{said}{copies.Count} copies; the oldest, {Plain.Text(oldest.Host)}: {AuditOutput.Age(oldest)}");
        if (count == query.Limit && context.Get(Limit) is null) context.Error.WriteLine($"the newest {count}: --limit N lists more");
        foreach (ChainHead copy in copies.Where(copy => copy.Archived > query.First))
            context.Error.WriteLine($"not searched: {Plain.Text(copy.Host)} #{copy.First} to #{copy.Archived - 1}, in its archive {Plain.Text(copy.Archive ?? "")}");
        if (retired > 0) context.Error.WriteLine($"not searched: {retired} {(retired == 1 ? "copy that was" : "copies that were")} put aside (--retired)");
    }

    private sealed class Each(Action<IndexProgress> take) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => take(value);
    }
}
