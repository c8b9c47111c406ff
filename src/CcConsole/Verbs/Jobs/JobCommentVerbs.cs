using System.CommandLine;
using CcConsole.Core.Crontab;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job comment list|add|edit|remove</c>: the comment lines of a table.</summary>
internal static class JobCommentVerbs
{
    private static readonly Argument<string> Text = new("TEXT") { Description = "One line, with or without its #" };
    private static readonly Argument<int> Number = new("LINE") { Description = "The number of the comment's line" };
    private static readonly Option<int?> Before = new("--line") { Description = "The line that it shall stand above; else it is appended", HelpName = "NUMBER" };
    private static readonly Option<string?> Above = new("--above") { Description = "The job that it shall stand above", HelpName = "JOB" };

    public static Command Create() => Verb.Group("comment", "The comment lines of a table",
        FleetVerb.Create("list", "List the comment lines of a table", "cc-console job comment list web01", ListAsync, FleetVerb.Host, JobTarget.Table),
        FleetVerb.Create("add", "Write a comment line", "cc-console job comment add web01 'restore test: see the wiki' --above backup",
            (context, fleet) => PlanConfirmation.ApplyAsync(context, fleet, async host =>
            {
                JobEditor table = await JobTarget.OpenAsync(context, fleet, host);
                int? line = context.Get(Above) is { } job ? table.Find(job).LineNumber : context.Get(Before);
                return table.PlanComment(context.Get(Text), line);
            }), [FleetVerb.ChangedHosts, Text, JobTarget.Table, Before, Above, .. PlanConfirmation.Options]),
        FleetVerb.Create("edit", "Put another text into a comment line", "cc-console job comment edit web01 4 'restore test: every Monday'", async (context, fleet) =>
            await PlanConfirmation.ApplyAsync(context, fleet, (await JobTarget.OpenAsync(context, fleet)).PlanCommentChange(context.Get(Number), context.Get(Text))),
            FleetVerb.Host, Number, Text, JobTarget.Table, PlanConfirmation.Yes, PlanConfirmation.DryRun),
        FleetVerb.Create("remove", "Remove a comment line", "cc-console job comment remove web01 4", async (context, fleet) =>
            await PlanConfirmation.ApplyAsync(context, fleet, (await JobTarget.OpenAsync(context, fleet)).PlanCommentChange(context.Get(Number), null)),
            FleetVerb.Host, Number, JobTarget.Table, PlanConfirmation.Yes, PlanConfirmation.DryRun));

    private static async Task<int> ListAsync(VerbContext context, FleetControl fleet)
    {
        JobEditor table = await JobTarget.OpenAsync(context, fleet);
        CrontabDocument document = table.Jobs.Document;
        List<CommentLine> comments = [.. document.Lines.OfType<CommentLine>()];
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("host", table.Host.Name);
                json.WriteString("table", table.Table.Id.Name);
                json.WriteStartArray("comments");
                foreach (CommentLine comment in comments)
                {
                    json.WriteStartObject();
                    json.WriteNumber("line", comment.Number);
                    json.WriteString("text", document.Text(comment.Span));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Verb.Good;
        }

        var rows = new TextTable("LINE", "TEXT");
        foreach (CommentLine comment in comments) rows.Add($"{comment.Number}", document.Text(comment.Span));
        if (rows.Count > 0) rows.WriteTo(context.Output);
        else context.Error.WriteLine($"{Plain.Text(table.Table.Id.Words)} has no comment");
        return Verb.Good;
    }
}
