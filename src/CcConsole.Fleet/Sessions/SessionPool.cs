using System.Collections.Concurrent;
using CcConsole.Fleet.Hosts;

namespace CcConsole.Fleet.Sessions;

/// <summary>One session a host, shared by all that use it; one whose entry in the list has changed is replaced.</summary>
internal sealed class SessionPool(HostDirectory hosts, FleetOptions options) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, HostSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _changing = new();
    private readonly ConcurrentBag<Task> _closing = [];

    /// <exception cref="Core.ProblemException">There is no such host.</exception>
    public HostSession Get(string host) => Get(hosts.Get(host));

    public HostSession Get(HostEntry entry)
    {
        lock (_changing)
        {
            if (_sessions.TryGetValue(entry.Name, out HostSession? known))
            {
                if (SameWay(known.Host, entry))
                {
                    return known;
                }

                _sessions.TryRemove(entry.Name, out _);
                _closing.Add(known.DisposeAsync().AsTask());
            }

            return _sessions[entry.Name] = new HostSession(entry, options);
        }
    }

    public async Task RemoveAsync(string host)
    {
        if (_sessions.TryRemove(host, out HostSession? session))
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string host in _sessions.Keys)
        {
            await RemoveAsync(host).ConfigureAwait(false);
        }

        await Task.WhenAll(_closing).ConfigureAwait(false);
    }

    private static bool SameWay(HostEntry a, HostEntry b) =>
        a.Destination == b.Destination && a.AgentPath == b.AgentPath && a.AgentDir == b.AgentDir && a.SocketPath == b.SocketPath
        && (a.Environment ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual((b.Environment ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal));
}
