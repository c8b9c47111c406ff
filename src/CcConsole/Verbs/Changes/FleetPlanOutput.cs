using System.Text.Json;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Jobs;
using Humanizer;

namespace CcConsole.Verbs.Changes;

/// <summary>A plan for many hosts and what became of it, as text and as JSON.</summary>
internal static class FleetPlanOutput
{
    /// <summary>The plan: each diff once, under the names of all hosts that have it.</summary>
    public static void Write(TextWriter words, FleetPlan plan)
    {
        words.WriteLine($"{Plain.Text(plan.Description)}: {"host".ToQuantity(plan.Changes.Count)}");
        foreach (IGrouping<(string Table, string Diff, string Warnings), ChangePlan> same in plan.Changes.GroupBy(Shown))
        {
            words.WriteLine($"{Names(same.Select(change => change.Host))} ({Plain.Text(same.Key.Table)})");
            words.Write(Plain.Lines(same.Key.Diff));
            foreach (string warning in same.First().Warnings) words.WriteLine($"! {Plain.Text(warning)}");
        }
        if (plan.AlreadySo.Count > 0) words.WriteLine($"– already so: {Names(plan.AlreadySo)}");
        foreach (UnplannedHost left in plan.Unplanned)
        {
            words.WriteLine($"✗ {Plain.Text(left.Host)}: {Plain.Text(left.Problem)}");
            if (left.Hint is { } hint) words.WriteLine($"    next: {Plain.Text(hint)}");
        }
    }

    /// <summary>One host's result.</summary>
    public static void Write(TextWriter words, FleetPlanResult result)
    {
        if (result.Result is { } attempt)
        {
            ChangeOutput.Write(words, attempt);
            return;
        }
        string mark = result.IsApplied ? "✓" : result.State == MemberState.Running ? "▶" : "✗";
        words.WriteLine($"{mark} {Plain.Text(result.Change.Host)}: {Word(result.State)}{(result.Message is { } message ? $": {Plain.Text(Screens.HostText.Without(result.Change.Host, message))}" : "")}");
        if (result.Hint is { } hint) words.WriteLine($"    next: {Plain.Text(hint)}");
    }

    /// <summary>How far the plan has come, and what can be done with it.</summary>
    public static void WriteSum(TextWriter words, BatchRecord plan)
    {
        words.WriteLine($"plan p{plan.Id}: {Sum(plan)}");
        if (string.Join(", ", Unplanned(plan)) is { Length: > 0 } left) words.WriteLine($"    not planned, so give the change again for: {Plain.Text(left)}");
        if (!plan.IsComplete) words.WriteLine($"    resume: cc-console change resume p{plan.Id}");
        if (plan.Members.Any(member => member.State == MemberState.Applied && !member.IsUndone)) words.WriteLine($"    undo: cc-console change undo p{plan.Id}");
    }

    /// <summary>The states of a plan's hosts, counted: <c>18 applied, 1 refused, 1 not started</c>.</summary>
    public static string Sum(BatchRecord plan)
    {
        IEnumerable<string> states = plan.Members.GroupBy(member => (member.State, member.IsUndone))
            .OrderBy(same => same.Key.State == MemberState.Applied ? -1 : (int)same.Key.State).ThenBy(same => same.Key.IsUndone)
            .Select(same => $"{same.Count()} {(same.Key.IsUndone ? "undone" : Word(same.Key.State))}");
        int left = Unplanned(plan).Count();
        return string.Join(", ", left == 0 ? states : states.Append($"{left} not planned"));
    }

    /// <summary>How many hosts: <c>1 host</c>, <c>2 hosts</c>.</summary>
    public static string Hosts(int count) => count == 1 ? "1 host" : $"{count} hosts";

    /// <summary>The hosts for which no plan could be made: no resuming takes them up, since nobody has seen what would change there.</summary>
    public static IEnumerable<string> Unplanned(BatchRecord plan) => plan.Omissions.Where(omission => omission.Problem is not null).Select(omission => omission.Host);

    public static string Word(MemberState state) => state switch
    {
        MemberState.NotStarted => "not started",
        MemberState.NotReached => "not reached",
        MemberState.Running => "running",
        MemberState.Interrupted => "interrupted",
        MemberState.Applied => "applied",
        MemberState.Refused => "refused",
        MemberState.Failed => "failed",
        _ => "unknown",
    };

    /// <summary>The plan, a host a line, when it is not applied.</summary>
    public static void WriteLines(VerbContext context, FleetPlan plan)
    {
        foreach (ChangePlan change in plan.Changes) context.Line(json => ChangeOutput.Write(json, change, null));
        WriteOmissions(context, plan);
    }

    /// <summary>The hosts that a plan leaves as they are, one a line.</summary>
    public static void WriteOmissions(VerbContext context, FleetPlan plan)
    {
        foreach (string host in plan.AlreadySo) context.Line(json => WriteOmission(json, new BatchOmission(host, null, null)));
        foreach (UnplannedHost left in plan.Unplanned) context.Line(json => WriteOmission(json, new BatchOmission(left.Host, left.Problem, left.Hint)));
    }

    public static void Write(Utf8JsonWriter json, FleetPlanResult result, IReadOnlyList<string> warnings)
    {
        json.WriteString("plan", $"p{result.Plan}");
        Write(json, result.Change, result.State, result.Number, result.Message);
        if (result.Result?.AuditSeq is { } seq) json.WriteNumber("audit_seq", seq);
        json.WriteString("hint", result.Hint);
        ChangeOutput.WriteWarnings(json, warnings);
        if (result.Result is { IsConflict: true, Current: { } now }) json.WriteString("meanwhile", TableDiff.Between(result.Change.Before.Span, now.Span).ToText());
    }

    public static void Write(Utf8JsonWriter json, ChangePlan change, MemberState state, long? number, string? message)
    {
        json.WriteString("host", change.Host);
        json.WriteString("table", change.Table.Name);
        json.WriteString("description", change.Description);
        json.WriteString("job", change.JobId);
        json.WriteString("before_sha256", change.BeforeSha256);
        json.WriteString("diff", change.Diff.ToText());
        json.WriteString("outcome", Word(state).Replace(' ', '_'));
        if (number is { } known) json.WriteNumber("change", known);
        json.WriteString("message", message);
    }

    public static void WriteOmission(Utf8JsonWriter json, BatchOmission omission)
    {
        json.WriteString("host", omission.Host);
        json.WriteString("outcome", omission.Problem is null ? "already_so" : "unplanned");
        json.WriteString("message", omission.Problem);
        json.WriteString("hint", omission.Hint);
    }

    /// <summary>The last line of what streams.</summary>
    public static void WriteSum(Utf8JsonWriter json, BatchRecord plan)
    {
        json.WriteString("plan", $"p{plan.Id}");
        json.WriteString("description", plan.Description);
        json.WriteBoolean("complete", plan.IsComplete);
        json.WriteStartObject("hosts");
        foreach (IGrouping<MemberState, BatchMember> same in plan.Members.GroupBy(member => member.State)) json.WriteNumber(Word(same.Key).Replace(' ', '_'), same.Count());
        if (plan.Omissions.Count(omission => omission.Problem is null) is > 0 and var so) json.WriteNumber("already_so", so);
        if (plan.Omissions.Count(omission => omission.Problem is not null) is > 0 and var left) json.WriteNumber("unplanned", left);
        json.WriteEndObject();
    }

    private static (string Table, string Diff, string Warnings) Shown(ChangePlan change) => (change.Table.Words, change.Diff.ToText(), string.Join('\n', change.Warnings));

    private static string Names(IEnumerable<string> hosts) => string.Join(", ", hosts.Select(Plain.Text));
}
