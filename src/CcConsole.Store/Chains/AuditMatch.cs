using CcConsole.Core.Audit.Search;

namespace CcConsole.Store.Chains;

/// <summary>Decides by an entry's own line whether a query means it: what an index says only narrows down which lines are read. For one thread.</summary>
/// <param name="query">The query.</param>
public sealed class AuditMatch(AuditQuery query)
{
    private readonly EntryWords _entry = new();
    private readonly long _since = Micros(query.Since) ?? long.MinValue, _until = Micros(query.Until) ?? long.MaxValue;
    private readonly string? _event = query.Event is [.. var start, '*'] ? start : query.Event;
    private readonly bool _eventIsStart = query.Event is [.., '*'];

    /// <summary>Whether the query narrows down by what entries say, not only by host and sequence.</summary>
    public bool Asks { get; } = query.Text.Terms.Count > 0 || query.Since is not null || query.Until is not null || query.Event is not null
        || query.Job is not null || query.Actor is not null || query.ExitCode is not null || query.FailuresOnly;

    /// <summary>Whether an entry is meant.</summary>
    public bool Holds(ReadOnlySpan<byte> line)
    {
        if (!Asks)
            return true;
        _entry.Read(line);
        return (query.Since is null && query.Until is null || _entry.Micros is { } micros && micros >= _since && micros < _until)
            && (_event is null || (_eventIsStart ? _entry.Event.StartsWith(_event, StringComparison.Ordinal) : _entry.Event == _event))
            && (query.Job is null || _entry.Job == query.Job)
            && (query.Actor is null || _entry.Actor == query.Actor)
            && (query.ExitCode is null || _entry.ExitCode == query.ExitCode)
            && (!query.FailuresOnly || _entry.ExitCode is { } code && code != 0)
            && _entry.Matches(query.Text);
    }

    internal static long? Micros(DateTimeOffset? time) => time is { } at ? (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond : null;
}
