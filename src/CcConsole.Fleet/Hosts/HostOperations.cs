using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Jobs;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using CcConsole.Store;

namespace CcConsole.Fleet.Hosts;

/// <summary>The list of hosts, and tests of them.</summary>
public sealed class HostOperations
{
    private readonly SessionPool _sessions;
    private readonly HostDirectory _hosts;
    private readonly HostsFile _file;
    private readonly CacheDatabase _cache;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;

    internal HostOperations(SessionPool sessions, HostDirectory hosts, HostsFile file, CacheDatabase cache, FleetOptions options, ReadOnlyGuard guard) =>
        (_sessions, _hosts, _file, _cache, _options, _guard) = (sessions, hosts, file, cache, options, guard);

    /// <summary>The hosts, in the file's order.</summary>
    /// <exception cref="ProblemException">The file cannot be used; the message has the line.</exception>
    public IReadOnlyList<HostEntry> List() => _hosts.List();

    /// <summary>One host.</summary>
    /// <exception cref="ProblemException">There is no such host.</exception>
    public HostEntry Get(string name) => _hosts.Get(name);

    /// <summary>
    /// The hosts that words mean: names, <c>tag:word</c>, <c>all</c> (where no host is called so), several in one word with commas
    /// between them; no word at all for all of them.
    /// </summary>
    /// <exception cref="ProblemException">A word means no host.</exception>
    public IReadOnlyList<HostEntry> Select(IReadOnlyList<string> words)
    {
        IReadOnlyList<HostEntry> all = List();
        return words.Count == 0 ? all : [.. words.SelectMany(word => word.Split(',')).SelectMany(word => Meant(word, all)).DistinctBy(host => host.Name)];
    }

    private IReadOnlyList<HostEntry> Meant(string word, IReadOnlyList<HostEntry> all)
    {
        if (word == "all" && !all.Any(host => host.Name == word))
        {
            return all.Count > 0 ? all : throw new ProblemException("There is no host in the fleet yet", "cc-console host add NAME DESTINATION adds one.");
        }

        if (!word.StartsWith("tag:", StringComparison.Ordinal))
        {
            return [Get(word)];
        }

        List<HostEntry> tagged = [.. all.Where(host => host.Tags.Contains(word[4..], StringComparer.OrdinalIgnoreCase))];
        return tagged.Count > 0 ? tagged : throw new ProblemException($"No host has the tag \"{Plain.Text(word[4..])}\"", "cc-console host list shows the tags.");
    }

    /// <summary>Hosts that could be added: this machine, and those of ssh_config. Nothing is written.</summary>
    /// <exception cref="ProblemException">ssh_config cannot be read.</exception>
    public IReadOnlyList<HostEntry> Candidates()
    {
        IReadOnlyList<HostEntry> known = List();
        IEnumerable<HostEntry> found = _options.SshConfigFile is { } file
            ? SshConfigHosts.Read(file, _options.HomeDirectory).Select(host => new HostEntry { Name = host.Alias, Destination = host.Alias }) : [];
        return [.. found.Prepend(new HostEntry { Name = "localhost", Destination = HostEntry.LocalDestination })
            .Where(candidate => !known.Any(host => host.Name == candidate.Name || host.Destination == candidate.Destination))];
    }

    /// <summary>Adds a host to the list.</summary>
    /// <exception cref="ProblemException">The console is read-only, the name is taken, or a part cannot be used.</exception>
    public void Add(HostEntry host)
    {
        _guard.DemandLocal($"adding the host {host.Name}");
        _file.Add(host);
    }

    /// <summary>Removes a host from the list. Its chain copy, reports and changes stay in the cache.</summary>
    /// <exception cref="ProblemException">The console is read-only, or there is no such host.</exception>
    public async Task RemoveAsync(string name)
    {
        _guard.DemandLocal($"removing the host {name}");
        _file.Remove(name);
        await _sessions.RemoveAsync(name).ConfigureAwait(false);
        _cache.Hosts.Forget(name);
    }

    /// <summary>Connects anew and looks: what is there, and does it work? A failure is in the result.</summary>
    public async Task<HostTest> TestAsync(HostEntry host, CancellationToken cancellation = default)
    {
        long start = _options.Time.GetTimestamp();
        HostTest test = new() { Host = host };
        try
        {
            HostSession session = _sessions.Get(host);
            await session.ResetAsync().ConfigureAwait(false);
            await session.ResumeAsync(cancellation).ConfigureAwait(false);
            HostConnection connection = await session.ConnectAsync(cancellation).ConfigureAwait(false);
            test = await AskAgentAsync(test, connection, cancellation).ConfigureAwait(false);
            TableSnapshot table = await connection.Tables.ReadAsync(null, cancellation).ConfigureAwait(false);
            return test with { Jobs = JobTable.From(table.Parse()).Jobs.Count, Took = _options.Time.GetElapsedTime(start) };
        }
        catch (ProblemException e)
        {
            return Failed(test, e) with { Took = _options.Time.GetElapsedTime(start) };
        }
    }

    /// <summary>
    /// Asks the host's agent how it is, over the connection that is there, and looks for one where there was none; its tables are not read.
    /// A failure is in the result.
    /// </summary>
    public async Task<HostTest> AgentAsync(HostEntry host, CancellationToken cancellation = default)
    {
        HostTest test = new() { Host = host };
        try
        {
            HostSession session = _sessions.Get(host);
            await session.SeekAgentAsync().ConfigureAwait(false);
            return await session.ReadAsync((connection, token) => AskAgentAsync(test, connection, token), cancellation).ConfigureAwait(false);
        }
        catch (ProblemException e)
        {
            return Failed(test, e);
        }
    }

    /// <summary>Connects to a host and accepts its key, provided that it is the one whose fingerprint a person has seen and confirmed.</summary>
    /// <exception cref="ProblemException">The console is read-only, the host shows another key, or is this machine.</exception>
    public async Task AcceptKeyAsync(string name, string fingerprint, CancellationToken cancellation = default)
    {
        _guard.Demand($"accepting the key of {name}");
        HostSession session = _sessions.Get(name);
        if (session.Shell is not OpenSshShell ssh)
        {
            throw new ProblemException($"{name} is not reached over SSH, so it has no host key");
        }

        await session.ResumeAsync(cancellation).ConfigureAwait(false);
        await ssh.ConnectAcceptingAsync(fingerprint, cancellation).ConfigureAwait(false);
        _guard.Own.Record(AuditEvents.HostKeyAccepted, name, new AuditMember("fingerprint", fingerprint));
    }

    private static async Task<HostTest> AskAgentAsync(HostTest test, HostConnection connection, CancellationToken cancellation) => test with
    {
        Facts = connection.Facts,
        AgentProblem = connection.AgentProblem?.Message,
        Agent = connection.Agent is not { } agent ? null
            : await agent.RequestAsync(Methods.AgentStatus, new Done(), ProtocolJson.Default.Done, ProtocolJson.Default.AgentStatusResult, cancellation).ConfigureAwait(false),
    };

    private static HostTest Failed(HostTest test, ProblemException problem) =>
        test with { Problem = problem.Message, Hint = Known(problem.Hint), Kind = (problem as HostProblemException)?.Kind, Key = (problem as HostProblemException)?.Key };

    private static string? Known(string hint) => hint.Length > 0 ? hint : null;
}
