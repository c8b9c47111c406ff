using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Runs;

namespace CcConsole.Screens;

/// <summary>A run that goes on, or why a host does not tell, as the list shows it.</summary>
internal sealed record RunningLine
{
    /// <summary>What it is known by.</summary>
    public required string Key { get; init; }

    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The run; null where a host does not tell.</summary>
    public FleetRun? Run { get; init; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string Scope { get; init; }

    /// <summary>The job, or the cause.</summary>
    public required string Job { get; init; }

    /// <summary>For how long.</summary>
    public string For { get; init; } = "";

    /// <summary>As whom.</summary>
    public string User { get; init; } = "";

    /// <summary>What it runs.</summary>
    public string Command { get; init; } = "";

    /// <summary>What to do next; empty for nothing.</summary>
    public string Hint { get; init; } = "";

    /// <summary>The rows of a host: its runs, and what it does not tell.</summary>
    public static IEnumerable<RunningLine> Of(HostRuns host, DateTimeOffset now, bool ascii)
    {
        var run = StatusLook.Of(Status.Running);
        foreach (var one in host.Runs)
        {
            yield return new RunningLine
            {
                Key = $"{host.Host} {one.RunId}",
                Host = host.Host,
                Run = one,
                State = run.Shown(ascii),
                Scope = run.Scope,
                Job = one.Attempt is > 1 and var attempt ? string.Create(CultureInfo.InvariantCulture, $"{one.JobId} (attempt {attempt})") : one.JobId,
                For = TimeText.Duration(now > one.StartedAt ? now - one.StartedAt : TimeSpan.Zero),
                User = one.User,
                Command = one.Command,
            };
        }
        if (host.More > 0)
            yield return Gap(host, string.Create(CultureInfo.InvariantCulture, $"{host.More} more {(host.More == 1 ? "run goes" : "runs go")} on"), "", ascii);
        if (host.Problem is { } problem)
            yield return Gap(host, HostText.Without(host.Host, problem), host.Hint ?? "", ascii);
    }

    private static RunningLine Gap(HostRuns host, string why, string hint, bool ascii) => new()
    {
        Key = $"{host.Host}:gap {why}",
        Host = host.Host,
        State = StatusLook.Of(Status.Unknown).Shown(ascii),
        Scope = StatusLook.Of(Status.Unknown).Scope,
        Job = why,
        Hint = hint,
    };
}
