namespace CcAgent.Watch;

/// <summary>Why there may have been no run in a time.</summary>
internal enum HostTime
{
    /// <summary>The host was on, and its clock went on.</summary>
    Ordinary,

    /// <summary>The host was off.</summary>
    Down,

    /// <summary>It was off or on: it went down after the agent did, and when is not known.</summary>
    DownOrOn,

    /// <summary>It was suspended.</summary>
    Suspended,

    /// <summary>Its clock was set ahead over it, so that it never was.</summary>
    Skipped,
}

/// <summary>The times in which the host was not there to run anything, as far as the daemon knows. Not for several threads.</summary>
internal sealed class HostHistory
{
    private const int Most = 64;

    private readonly List<(DateTimeOffset From, DateTimeOffset To, HostTime Kind)> _times = [];

    internal void Add(HostTime kind, DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to)
            return;
        if (_times.Count == Most)
            _times.RemoveAt(0);
        _times.Add((from, to, kind));
    }

    /// <summary>What a moment was, and until when it was so; the moment itself for an ordinary one.</summary>
    internal HostTime At(DateTimeOffset moment, out DateTimeOffset end)
    {
        foreach (var (from, to, kind) in _times)
        {
            if (moment >= from && moment < to)
            {
                end = to;
                return kind;
            }
        }

        end = moment;
        return HostTime.Ordinary;
    }
}
