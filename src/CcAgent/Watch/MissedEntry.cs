using System.Globalization;
using CcAgent.Journal;
using CcAgent.Native;
using CcConsole.Core.Audit;

namespace CcAgent.Watch;

/// <summary>What a `job.missed` entry says. Times are UTC.</summary>
internal static class MissedEntry
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static IReadOnlyList<AuditMember> Of(MissedRun missed)
    {
        var entry = missed.Entry;
        List<AuditMember> members =
        [
            new("table", EntryMembers.Cut(entry.Table, 256)),
            new("job_id", EntryMembers.Cut(entry.Key.JobId, 256)),
            new("schedule", EntryMembers.Cut(entry.Schedule.Text, 256)),
            new("reason", missed.Reason),
            new("due", Text(missed.First)),
            new("count", missed.Count),
            new("reported", entry.IsReported),
            new("uid", entry.Key.Uid),
            new("user", EntryMembers.Cut(UserAccount.Of(entry.Key.Uid).Name, 256)),
        ];
        if (missed.Last > missed.First)
            members.Add(new("last_due", Text(missed.Last)));
        if (missed.More)
            members.Add(new("more", true));
        return members;
    }

    internal static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
}
