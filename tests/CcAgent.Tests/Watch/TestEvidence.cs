using CcAgent.Watch;

namespace CcAgent.Tests.Watch;

/// <summary>A host that is on and runs cron, but for what a test says.</summary>
internal sealed class TestEvidence : IRunEvidence
{
    internal HostHistory History { get; } = new();

    internal Func<DateTimeOffset, bool?> Cron { get; set; } = static _ => true;

    internal List<DateTimeOffset> GoingRuns { get; } = [];

    public HostTime HostAt(DateTimeOffset moment, out DateTimeOffset end) => History.At(moment, out end);

    public bool? CronAt(DateTimeOffset moment) => Cron(moment);

    public IReadOnlyList<DateTimeOffset> Going(RunKey key) => GoingRuns;
}
