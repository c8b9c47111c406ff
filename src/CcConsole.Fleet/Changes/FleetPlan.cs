namespace CcConsole.Fleet.Changes;

/// <summary>
/// One change on many hosts, not yet made: a plan for each, with its diff. It is shown and confirmed whole, noted whole before anything
/// is sent, and applied host by host, each exactly as planned, or not at all.
/// </summary>
public sealed record FleetPlan
{
    /// <summary>The smallest number of hosts whose count is typed to confirm.</summary>
    private const int FewHosts = 3;

    /// <summary>Its number in the journal; 0 while it is not noted.</summary>
    public long Id { get; init; }

    /// <summary>What it does, in words: <c>pause job backup</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How it is applied.</summary>
    public FleetPlanOptions Options { get; init; } = new();

    /// <summary>The changes, one a table; none of them empty.</summary>
    public required IReadOnlyList<ChangePlan> Changes { get; init; }

    /// <summary>Hosts where nothing would change: it is already so.</summary>
    public IReadOnlyList<string> AlreadySo { get; init; } = [];

    /// <summary>Hosts for which no plan could be made, with the reason.</summary>
    public IReadOnlyList<UnplannedHost> Unplanned { get; init; } = [];

    /// <summary>The plan in the journal that this one takes back.</summary>
    public long? Undoes { get; init; }

    /// <summary>True when there is nothing to apply.</summary>
    public bool IsEmpty => Changes.Count == 0;

    /// <summary>
    /// What the person types to confirm: the host's name for one of production, the number of changes for more than three or where
    /// one of them is of production; null when a yes is enough.
    /// </summary>
    public string? ConfirmationWord => Changes.Count <= FewHosts && !Changes.Any(change => change.IsProduction) ? null
        : Changes.Count == 1 ? Changes[0].Host
        : Changes.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>How a plan for many hosts is applied.</summary>
public sealed record FleetPlanOptions
{
    /// <summary>How many hosts are changed at once; at least 1.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>
    /// False: after the first host that fails no other is begun, those that are under way are carried through, and the rest stay as
    /// they are. True: all are tried.
    /// </summary>
    public bool ContinueOnFailure { get; init; }
}

/// <summary>A host for which no plan could be made.</summary>
/// <param name="Host">Its name in the fleet.</param>
/// <param name="Problem">Why, in words.</param>
/// <param name="Hint">What to do next; null when there is nothing to do.</param>
public sealed record UnplannedHost(string Host, string Problem, string? Hint = null);
