namespace CcAgent.Watch;

/// <summary>Runs of one job that were due and did not begin, for one cause.</summary>
/// <param name="Entry">The job.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="First">When the first of them was due.</param>
/// <param name="Last">When the last one was.</param>
/// <param name="Count">How many.</param>
/// <param name="More">Whether there were more between the two than were counted.</param>
internal sealed record MissedRun(WatchedEntry Entry, string Reason, DateTimeOffset First, DateTimeOffset Last, int Count, bool More);
