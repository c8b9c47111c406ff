using System.Globalization;
using CcConsole.Core;
using CcConsole.Fleet.Hosts;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A host that could be added.</summary>
/// <param name="Host">As it would be written.</param>
/// <param name="Source">Where it was found.</param>
internal sealed record Candidate(HostEntry Host, string Source);

/// <summary>The first run, and later on request: hosts that ssh_config names, and this machine, as a checklist. Nothing is written before it is confirmed.</summary>
internal sealed class CandidatesScreen : ListScreen<Candidate>
{
    private static readonly IReadOnlyList<TableColumn<Candidate>> AllColumns =
    [
        new("Host", candidate => candidate.Host.Name) { Width = 20, Grow = 1 },
        new("Destination", candidate => candidate.Host.IsLocal ? "this machine" : candidate.Host.Destination) { Width = 20, Grow = 1 },
        new("Found in", candidate => candidate.Source) { Width = 24, Grow = 2, Priority = 1 },
    ];

    private string? _problem;

    /// <param name="shell">Everything around it.</param>
    public CandidatesScreen(Shell shell)
        : base(shell, "Add hosts", AllColumns, candidate => candidate.Host.Name)
    {
        Table.CanMark = true;
        SetRows(Find());
    }

    /// <inheritdoc/>
    protected override bool HasDetail => false;

    /// <inheritdoc/>
    protected override string EmptyText => _problem ?? "Every host of ssh_config is on the list already: Esc goes back";

    /// <summary>Adds the marked hosts, after a question.</summary>
    public void AddMarked()
    {
        var chosen = Table.Chosen;
        if (chosen.Count == 0)
            return;
        Shell.Operations.Start("adding hosts", async _ =>
        {
            var names = string.Join(", ", chosen.Select(candidate => candidate.Host.Name));
            var question = new Question("Add hosts?", string.Create(CultureInfo.InvariantCulture,
                $"{chosen.Count} {(chosen.Count == 1 ? "host is" : "hosts are")} added to the list and asked for {(chosen.Count == 1 ? "its" : "their")} tables:\n\n{names}"), "Add", "Back");
            if (await Shell.AskAsync(question) != 1)
                return;
            foreach (var candidate in chosen)
                Shell.Fleet.Hosts.Add(candidate.Host);
            Shell.Fleet.Monitor.Publish();
            Shell.BackTo(0);
            await Shell.Fleet.Monitor.RefreshAsync();
        });
    }

    /// <inheritdoc/>
    protected override int BannerRows(int width) => 3;

    /// <inheritdoc/>
    protected override void DrawBanner(Canvas canvas)
    {
        canvas.DrawFit(0, 0, "Which hosts? Space marks, Enter asks and adds; nothing is written before.", canvas.Width, canvas["text"]);
        canvas.DrawFit(0, 1, "Others: Esc, then a. To look around first: cc-console demo, a throwaway fleet.", canvas.Width, canvas["text.dim"]);
    }

    /// <inheritdoc/>
    protected override string FilterText(Candidate row) => $"{row.Host.Name} {row.Host.Destination} {row.Source}";

    /// <inheritdoc/>
    protected override int Compare(Candidate a, Candidate b, int column) =>
        string.Compare(AllColumns[column].Text(a), AllColumns[column].Text(b), StringComparison.OrdinalIgnoreCase);

    private List<Candidate> Find()
    {
        var known = Shell.Snapshot.Hosts.ToList();
        var found = new List<Candidate>();
        if (!known.Any(host => host.Host.IsLocal))
            found.Add(new Candidate(new HostEntry { Name = Shell.Settings.MachineName, Destination = HostEntry.LocalDestination }, "this machine, without SSH"));
        try
        {
            found.AddRange(Shell.Settings.SshHosts()
                .Where(host => !known.Any(other => other.Host.Destination == host.Alias))
                .Select(host => new Candidate(
                    new HostEntry { Name = host.Alias, Destination = host.Alias },
                    string.Create(CultureInfo.InvariantCulture, $"{host.File}:{host.Line}"))));
        }
        catch (ProblemException problem)
        {
            _problem = problem.Message;
            Shell.Toasts.Fail(problem);
        }
        return [.. found.DistinctBy(candidate => candidate.Host.Name).Where(candidate => !known.Any(host => host.Name == candidate.Host.Name))];
    }
}
