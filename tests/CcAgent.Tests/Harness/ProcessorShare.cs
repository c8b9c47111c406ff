using System.Globalization;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>
/// How much of the machine's processors others left to a test and its daemon (proc_stat(5)), so that what is measured on a busy machine is
/// compared with what it would be on a quiet one.
/// </summary>
internal sealed class ProcessorShare
{
    // With less than that no measurement tells anything.
    private const double Least = 0.05;

    private readonly int _daemon;
    private readonly (double Whole, double Used, double Own) _before;

    /// <summary>From now on.</summary>
    internal ProcessorShare(int daemon) => (_daemon, _before) = (daemon, Look(daemon));

    /// <summary>Until now: 1 for all, as on a machine that has nothing else to do.</summary>
    internal double Left
    {
        get
        {
            var (whole, used, own) = Look(_daemon);
            var others = (used - _before.Used - (own - _before.Own)) / Math.Max(1, whole - _before.Whole);
            return Math.Clamp(1 - others, Least, 1);
        }
    }

    // In ticks of 10 ms; what the machine's own host takes away is others' too.
    private static (double Whole, double Used, double Own) Look(int daemon)
    {
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(static time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        var own = ProcessFigures.CpuTime(daemon) + ProcessFigures.CpuTime(Environment.ProcessId);
        return (times.Sum(), times.Sum() - times[3] - times[4], own.TotalMilliseconds / 10);
    }
}

/// <summary>What is measured is measured alone: no other test of this project runs beside it.</summary>
[CollectionDefinition(nameof(Measured), DisableParallelization = true)]
public sealed class Measured;
