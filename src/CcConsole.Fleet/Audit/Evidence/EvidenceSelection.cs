using System.Globalization;
using CcConsole.Ssh;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>A query in words, for the reader of an export.</summary>
internal static class EvidenceSelection
{
    public static string Words(AuditQuery query)
    {
        List<string> parts = [];
        Add(query.Text.Text.Length > 0, $"whose text matches {Plain.Text(query.Text.Text)}");
        Add(query.Event is not null, $"of the event {Plain.Text(query.Event ?? "")}");
        Add(query.Job is not null, $"of the job {Plain.Text(query.Job ?? "")}");
        Add(query.Actor is not null, $"by {Plain.Text(query.Actor ?? "")}");
        Add(query.ExitCode is not null, $"with the exit code {query.ExitCode}");
        Add(query.FailuresOnly, "of runs that failed");
        Add(query.Since is not null, $"from {Time(query.Since)} on");
        Add(query.Until is not null, $"before {Time(query.Until)}");
        Add(query.First > 0, $"from #{query.First} on");
        Add(query.Last < long.MaxValue, $"up to #{query.Last}");
        string which = parts.Count == 0 ? "all entries of the copy" : "the entries " + string.Join(", ", parts);
        return query.Limit == int.MaxValue ? which : $"of {which}, the newest {query.Limit}";

        void Add(bool given, string words)
        {
            if (given)
            {
                parts.Add(words);
            }
        }
    }

    private static string Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "";
}
