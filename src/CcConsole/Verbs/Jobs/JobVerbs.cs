using System.CommandLine;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job …</c>: everything that the Jobs screen and the editor do.</summary>
internal static class JobVerbs
{
    public static Command Create() => Verb.Group(
        "job", "The cron jobs of the hosts",
        JobListVerb.Create(), JobShowVerb.Create(),
        JobDraftVerbs.Add(), JobDraftVerbs.Edit(),
        JobChangeVerbs.Pause(), JobChangeVerbs.Resume(), JobChangeVerbs.Remove(), JobChangeVerbs.Duplicate(),
        JobTransferVerbs.Copy(), JobTransferVerbs.Move(),
        JobChangeVerbs.Adopt(), JobChangeVerbs.Release(),
        JobEnvVerbs.Create(), JobCommentVerbs.Create(),
        JobRunVerb.Create(), JobRunningVerb.Create(), JobStopVerb.Create(), JobDiffVerb.Create(), JobUndoVerb.Create("cc-console job undo --host web01"));
}
