using CcConsole.Core.Jobs;

namespace CcConsole.Screens;

/// <summary>What a job is called: its name, its id in reports, else its command.</summary>
internal static class JobLabel
{
    private const int Longest = 40;

    /// <summary>The whole of it.</summary>
    public static string Of(Job job) => job.Name is { Length: > 0 } name ? name : job.Wrapped?.JobId ?? job.Command;

    /// <summary>At most 40 characters of it.</summary>
    public static string Short(Job job) => Of(job) is { Length: > Longest } label ? string.Concat(label.AsSpan(0, Longest - 1), "…") : Of(job);
}
