using CcConsole.Core;
using CcConsole.Store;

namespace CcConsole.Fleet.Audit;

/// <summary>The copy of the console's own chain in the cache, with a remembered head as of any host: what reads chains reads it too.</summary>
internal sealed class OwnCopy(CacheDatabase cache, FleetOptions options, OwnChain own)
{
    private readonly Lock _gate = new();
    private readonly DeepSchedule _schedule = new(options);
    private (string, long) _taken;

    /// <summary>
    /// Takes in what the chain has that the copy has not; what contradicts it is kept as of any host. A chain that cannot be read does not
    /// keep the hosts' from being read: the copy stays as it is, and its age tells.
    /// </summary>
    public void Refresh()
    {
        lock (_gate)
        {
            try
            {
                (string, long) now = own.File.End();
                if (now == _taken || now.Item2 == 0)
                {
                    return;
                }

                try
                {
                    Pull();
                }
                catch (ProblemException)
                {
                    // Another console of the same person may have taken the same entries meanwhile: then it is well the second time.
                    Pull();
                }

                _taken = now;
                own.Tell(null);
            }
            catch (Exception e) when (e is ProblemException or IOException or UnauthorizedAccessException)
            {
                own.Tell(e.Message);
            }
        }
    }

    private void Pull()
    {
        bool deep = cache.Chains.Head(OwnChain.Name) is { } head && _schedule.IsDue(head);
        AuditPull pull = new(cache, options, new OwnChainSource(own.File), OwnChain.Name, null, deep, (_, _) => { });
        pull.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
    }
}
