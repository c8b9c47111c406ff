using CcConsole.Core.Reports;
using CcConsole.Store.Reports;

namespace CcConsole.Fleet.Reports;

/// <summary>Something that a live tail of reports shows.</summary>
/// <param name="Host">The host's name in the fleet.</param>
public abstract record TailItem(string Host);

/// <summary>A report; it is in the cache.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Stored">As it lies in the cache.</param>
/// <param name="Report">Parsed.</param>
public sealed record TailReport(string Host, StoredReport Stored, RecordedReport Report) : TailItem(Host);

/// <summary>The connection was lost at <paramref name="From"/> and is back at <paramref name="To"/>; reports of that time follow.</summary>
public sealed record TailGap(string Host, DateTimeOffset From, DateTimeOffset To) : TailItem(Host);

/// <summary>A host cannot be followed now; it is tried again.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Cause">Why, in words.</param>
/// <param name="Hint">What to do next.</param>
public sealed record TailProblem(string Host, string Cause, string Hint) : TailItem(Host);
