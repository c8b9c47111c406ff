using System.CommandLine;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Fleet;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job list</c>: all that some hosts, or all of them, run by themselves.</summary>
internal static class JobListVerb
{
    private static readonly Option<bool> Own = new("--own") { Description = "The login user's own table alone: the host is not looked through" };

    public static Command Create() => FleetVerb.Create(
        "list", "List all that the hosts run by themselves: the jobs of all tables, lines that do not parse too, and what is only shown (run-parts folders, anacron, systemd timers)",
        "cc-console job list web01", RunAsync, FleetVerb.Hosts, JobTarget.Table, Own, FleetVerb.Cached);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        TableId? asked = JobTarget.TableOf(context);
        if (context.Get(Own) && context.Get(FleetVerb.Cached))
            throw new ProblemException("Whose own table it is, only the host tells, and --cached asks none", "Name the table: --table USER");
        var found = new List<Listing>();
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts), host => ReadAsync(context, fleet, host, asked), (_, listing) => found.Add(listing));
        foreach (Listing listing in found)
        {
            // A list that is cut must not look complete.
            foreach (DiscoveryGap gap in listing.Gaps)
            {
                context.Error.WriteLine($"! {Plain.Text(listing.Host)}: not looked at whole: {Plain.Text(gap.What)}: {Plain.Text(gap.Why)}");
                if (gap.Hint.Length > 0) context.Error.WriteLine($"    next: {Plain.Text(gap.Hint)}");
            }
            if (listing.IsIncomplete) code = Verb.Findings;
        }

        if (context.Json) JsonOutput.Document(context.Output, json => Write(json, found));
        else Write(context, found, code);
        return code;
    }

    private static async Task<Listing> ReadAsync(VerbContext context, FleetControl fleet, string host, TableId? asked)
    {
        if (context.Get(FleetVerb.Cached))
        {
            HostInventory known = fleet.Jobs.Inventory(host);
            return asked is not { } only ? new(host, known.Jobs, known.Fixed, known.Gaps, false) : new(host, [.. known.Jobs.Where(row => row.Table == only)], [], [], false);
        }

        JobEditor read = await fleet.Jobs.OpenAsync(host, asked, context.Stop);
        if (asked is not null || context.Get(Own)) return new(host, fleet.Jobs.Rows(read), [], [], false);
        try
        {
            HostInventory all = await fleet.Jobs.DiscoverAsync(host, context.Stop);
            return new(host, all.Jobs, all.Fixed, all.Gaps, false);
        }
        catch (ProblemException)
        {
            // The inventory tells of it: what was found before stays, and what is missing is said.
            HostInventory known = fleet.Jobs.Inventory(host);
            return new(host, known.Jobs, known.Fixed, known.Gaps, true);
        }
    }

    private static void Write(VerbContext context, List<Listing> found, int code)
    {
        var table = new TextTable("STATE", "HOST", "TABLE", "USER", "ID", "NAME", "SCHEDULE", "NEXT", "LAST", "NOTE", "COMMAND");
        foreach (Listing listing in found)
        {
            foreach (JobRow row in listing.Jobs)
            {
                table.Add(row.Ignored is null ? StatusText.Of(row.Status) : Ignored, row.Host, row.Table.Name, row.RunsAs, row.Job.Id, row.Job.Name ?? "", row.Job.ScheduleText, TimeText.Short(row.NextRun),
                    row.LastRun is { } last ? $"{TimeText.Short(last.StartedAt)} {Screens.OutcomeText.Short(last)}" : "", row.Ignored is { } why ? Screens.IgnoredText.Of(why) : InputOf(row), row.Job.Command);
            }
            foreach (FixedRow row in listing.Fixed)
            {
                table.Add(row.Ignored is null ? StatusText.Of(Status.Unknown) : Ignored, row.Host, row.Place, row.User, $"({Kind(row)})", row.Name, row.Schedule,
                    TimeText.Short(row.NextRun), TimeText.Short(row.LastRun), row.Ignored is { } why ? Screens.IgnoredText.Of(why) : row.RunBy is { } by ? $"run by {by}" : "", row.Command);
            }
        }
        if (table.Count > 0) table.WriteTo(context.Output);
        else if (code == Verb.Good) context.Error.WriteLine("no jobs: cc-console job add HOST SCHEDULE COMMAND adds one");
    }

    private static string Ignored => Screens.StatusLook.Ignored.Shown(false);

    // What stands after a bare % is no part of the command: without a word it would seem to be lost.
    private static string InputOf(JobRow row) => row.Input is { Length: > 0 } input ? $"standard input: {input.TrimEnd('\n').ReplaceLineEndings("⏎")}" : "";

    private static void Write(Utf8JsonWriter json, List<Listing> found)
    {
        json.WriteStartArray();
        foreach (Listing listing in found)
        {
            foreach (JobRow row in listing.Jobs)
            {
                json.WriteStartObject();
                json.WriteString("kind", "job");
                Write(json, row);
                json.WriteEndObject();
            }
            foreach (FixedRow row in listing.Fixed)
            {
                json.WriteStartObject();
                json.WriteString("kind", Kind(row));
                Write(json, row);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    /// <summary>What is only shown: <c>script</c>, <c>anacron</c> or <c>timer</c>.</summary>
    private static string Kind(FixedRow row) => row.Source.ToString().ToLowerInvariant();

    private static void Write(Utf8JsonWriter json, FixedRow row)
    {
        json.WriteString("host", row.Host);
        json.WriteString("table", row.Place);
        json.WriteString("user", row.User);
        json.WriteString("name", row.Name);
        json.WriteString("state", row.Ignored is null ? "active" : "ignored");
        json.WriteString("ignored", row.Ignored);
        json.WriteString("run_by", row.RunBy);
        json.WriteString("schedule", row.Schedule);
        json.WriteString("meaning", row.Meaning);
        json.WriteString("command", row.Command);
        json.WriteBoolean("managed", false);
        if (row.NextRun is { } next) json.WriteString("next_run", next);
        if (row.LastRun is { } last) json.WriteString("last_started", last);
        json.WriteString("as_of", row.AsOf);
    }

    public static void Write(Utf8JsonWriter json, JobRow row)
    {
        json.WriteString("host", row.Host);
        json.WriteString("table", row.Table.Name);
        json.WriteString("user", row.RunsAs);
        json.WriteString("id", row.Job.Id);
        json.WriteString("name", row.Job.Name);
        json.WriteStartArray("tags");
        foreach (string tag in row.Job.Tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("state", row.Job.State.ToString().ToLowerInvariant());
        json.WriteString("status", StatusText.Word(row.Status));
        json.WriteString("cause", row.Cause ?? row.Job.Problem);
        json.WriteString("ignored", row.Ignored);
        json.WriteString("schedule", row.Job.ScheduleText);
        json.WriteString("meaning", row.Meaning);
        json.WriteString("command", row.Job.Command);
        json.WriteBoolean("managed", row.Job.IsManaged);
        json.WriteNumber("line", row.Job.LineNumber);
        if (row.NextRun is { } next) json.WriteString("next_run", next);
        if (row.LastRun is { } last)
        {
            json.WriteStartObject("last_run");
            json.WriteNumber("report", last.ReportId);
            json.WriteString("started", last.StartedAt);
            json.WriteNumber("duration_ms", (long)last.Duration.TotalMilliseconds);
            json.WriteNumber("exit_code", last.ExitCode);
            json.WriteString("refused", last.Refused);
            json.WriteBoolean("lost", last.IsLost);
            json.WriteEndObject();
        }
        json.WriteString("as_of", row.AsOf);
    }

    /// <summary>What is listed of a host.</summary>
    /// <param name="Host">Its name in the fleet.</param>
    /// <param name="Jobs">The rows of its tables.</param>
    /// <param name="Fixed">What is only shown.</param>
    /// <param name="Gaps">What could not be looked at.</param>
    /// <param name="IsIncomplete">True when the host could not be looked through now.</param>
    private sealed record Listing(string Host, IReadOnlyList<JobRow> Jobs, IReadOnlyList<FixedRow> Fixed, IReadOnlyList<DiscoveryGap> Gaps, bool IsIncomplete);
}
