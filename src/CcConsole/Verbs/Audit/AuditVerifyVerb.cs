using System.CommandLine;
using System.Text.Json;
using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;

namespace CcConsole.Verbs.Audit;

/// <summary>
/// <c>audit verify</c>: chains in files, or the hosts' copies in the cache. Exit codes: 0 good, 1 tampered with,
/// 2 incomplete, or unanchored where an anchor was asked for, 3 could not be read; the worst of several.
/// </summary>
internal static class AuditVerifyVerb
{
    private static readonly Argument<string[]> Files = new("FILE") { Description = "Files of chains; with --host none", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Remembered = new("--remembered") { Description = "So many entries were seen before, and this is the hash of the last of them", HelpName = "COUNT:HASH" };
    private static readonly Option<string[]> Hosts = new("--host") { Description = "Verify the copy of this host in the cache", HelpName = "HOST" };
    private static readonly Option<bool> Anchored = new("--anchored") { Description = "Exit 2 when nothing was remembered to hold a chain against" };

    public static Command Create() => Verb.Create(
        "verify", "Verify chains in files, or the hosts' copies; exit 0 good, 1 tampered with, 2 incomplete or unanchored where asked, 3 not readable",
        "cc-console audit verify /var/lib/croncommander/audit/*.jsonl", RunAsync, Files, Remembered, Hosts, Anchored);

    private static async Task<int> RunAsync(VerbContext context)
    {
        string[] files = context.Get(Files), hosts = context.Get(Hosts) ?? [];
        if (files.Length == 0 && hosts.Length == 0)
            throw new ProblemException("There is nothing to verify: no FILE and no --host", "cc-console audit verify FILE, or cc-console audit verify --host NAME");
        RememberedHead? remembered = context.Get(Remembered) is { } text ? RememberedHead.Parse(text) : null;
        int worst = Verb.Good;
        foreach (string file in files) worst = Math.Max(worst, VerifyFile(context, file, remembered));
        if (hosts.Length > 0)
        {
            Places places = Places.From(Environment.GetEnvironmentVariable);
            await using FleetControl fleet = FleetFactory.Open(places, Settings.Read(places.Config), readOnly: true);
            foreach (string host in hosts) worst = Math.Max(worst, VerifyCopy(context, fleet, host));
        }
        return worst;
    }

    private static int VerifyFile(VerbContext context, string path, RememberedHead? remembered)
    {
        VerifyResult result;
        try
        {
            // Read in large pieces by the verification itself.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            result = ChainVerifier.Verify(stream, remembered, cancellation: context.Stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            context.Error.WriteLine($"cc-console: {Plain.Text(path)} could not be read: {Plain.Text(e.Message)}");
            return Verdicts.Unreadable;
        }
        Write(context, json => json.WriteString("file", path), path, result, null);
        return result.Verdict.ExitCode(context.Get(Anchored));
    }

    private static int VerifyCopy(VerbContext context, FleetControl fleet, string host)
    {
        CopyVerification copy = fleet.Audit.Verify(host, cancellation: context.Stop);
        Write(context, json =>
        {
            json.WriteString("host", host);
            json.WriteString("pulled_at", copy.Head.PulledAt);
            json.WriteString("conflict", copy.Conflict?.Message);
        }, $"{host}, {AuditOutput.Age(copy.Head)}", copy.Result, copy.Conflict?.Message);
        return copy.Conflict is null ? copy.Result.Verdict.ExitCode(context.Get(Anchored)) : Verb.Findings;
    }

    private static void Write(VerbContext context, Action<Utf8JsonWriter> subject, string name, VerifyResult result, string? conflict)
    {
        if (context.Json)
        {
            context.Line(json =>
            {
                subject(json);
                json.WriteNumber("entries", result.Entries);
                json.WriteString("head", result.Head?.ToString());
                json.WriteString("verdict", result.Verdict.Word());
                if (result.FirstBad is { } bad) json.WriteNumber("first_bad", bad);
                else json.WriteNull("first_bad");
                json.WriteString("message", result.Message);
            });
            return;
        }
        context.Output.WriteLine($"{(result.Verdict.IsGood() && conflict is null ? '✓' : '✗')} {Plain.Text(name)}: {result.Verdict.Word()}, {result.Entries} entries: {result.Message}");
        if (result.Head is { } head) context.Output.WriteLine($"    head {result.Verified}:{head}");
        if (conflict is not null) context.Output.WriteLine($"    the host contradicts this copy: {Plain.Text(conflict)}");
    }
}
