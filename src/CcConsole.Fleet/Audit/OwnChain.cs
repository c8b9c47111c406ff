using System.Collections.Concurrent;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;
using CcConsole.Store.OwnChain;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// What this console did, as entries of its own chain. A change is refused while that cannot be written; that an entry about what was done
/// already could not be written is told, and never hides what was done. Safe for use by several threads.
/// </summary>
public sealed class OwnChain : IDisposable
{
    /// <summary>What the console's own chain is called where a host's name is asked for.</summary>
    public const string Name = ".console";

    private const int SignAfterEntries = 500;
    private static readonly TimeSpan SignEvery = TimeSpan.FromMinutes(5), PulledEvery = TimeSpan.FromMinutes(15);
    private readonly FleetOptions _options;
    private readonly ConcurrentDictionary<string, (ChainHead? Waiting, DateTimeOffset Recorded)> _pulled = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private int _unsigned, _missing;
    private string? _told, _problem, _unread, _unrecorded;

    internal OwnChain(FleetOptions options)
    {
        _options = options;
        File = new OwnChainFile(options.StateDirectory, options.Origin, options.Time);
        _timer = options.Time.CreateTimer(_ => Sign(), null, SignEvery, SignEvery);
    }

    /// <summary>Its files.</summary>
    public OwnChainFile File { get; }

    /// <summary>Why an entry could not be written or signed, or the chain not be read, in words; null while all is well. Reading goes on, changes do not.</summary>
    public string? Problem => _problem ?? _unread;

    /// <summary>Raised, by whatever thread, when what was done could not be recorded or signed: with the reason and what is missing, each once until all is well again.</summary>
    public event Action<string>? Failed;

    /// <summary>Makes sure, before something is changed, that it can be recorded.</summary>
    /// <exception cref="ProblemException">It cannot: nothing is to be changed.</exception>
    public void Demand(string action)
    {
        try
        {
            File.Demand();
            _problem = _told = null;
        }
        catch (ProblemException e)
        {
            _problem = e.Message;
            throw new ProblemException($"{e.Message}; {action} was not done", e.Hint, e);
        }
    }

    /// <summary>Records what was done by the person at this console.</summary>
    /// <param name="name">One of <see cref="AuditEvents"/>.</param>
    /// <param name="host">On which host; null for none.</param>
    /// <param name="members">What else there is to say.</param>
    /// <returns>Null, or why it could not be recorded, in words.</returns>
    public string? Record(string name, string? host, params IEnumerable<AuditMember> members)
    {
        List<AuditMember> all = [new("actor", _options.Actor), new("origin", _options.Origin)];
        if (host is not null)
        {
            all.Add(new("host", host));
        }

        // Pulls are in the hosts' chains too, and there are many of them.
        string what = name == AuditEvents.ConsolePulled ? "" : $"; {name}{(host is null ? "" : $" of {host}")} is not recorded";
        if (Try(() => File.Append(name, [.. all, .. members]) >= 0, what) is { } unrecorded)
        {
            if (what.Length > 0)
            {
                Interlocked.CompareExchange(ref _unrecorded, unrecorded + what, null);
                Interlocked.Increment(ref _missing);
            }

            return unrecorded;
        }

        if (Interlocked.Increment(ref _unsigned) >= SignAfterEntries)
        {
            Sign();
        }

        return null;
    }

    /// <summary>
    /// Notes that a host's chain was pulled. Of a host that is pulled again and again an entry is left every quarter of an hour, and one at the
    /// end: the newest says all that the ones between would.
    /// </summary>
    /// <returns>Null, or why it could not be recorded, in words.</returns>
    internal string? Pulled(ChainHead head)
    {
        DateTimeOffset now = _options.Time.GetUtcNow();
        bool due = !_pulled.TryGetValue(head.Host, out (ChainHead? Waiting, DateTimeOffset Recorded) last) || now - last.Recorded >= PulledEvery;
        _pulled[head.Host] = due ? (null, now) : (head, last.Recorded);
        return due ? Leave(head) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Finish();
    }

    /// <summary>Writes what waits and signs. What cannot be is not lost: the hosts' chains have the pulls too, and the next console signs.</summary>
    /// <returns>Null, or what the chain could not take, in words: of what is not recorded also when all is well again.</returns>
    public string? Finish()
    {
        foreach ((ChainHead? waiting, _) in _pulled.Values)
        {
            if (waiting is not null)
            {
                _pulled[waiting.Host] = (null, _options.Time.GetUtcNow());
                Leave(waiting);
            }
        }

        Try(SignNow, tells: _problem is null);
        return _unrecorded is { } first ? _missing > 1 ? $"{first}, nor are {_missing - 1} entries after it" : first : Problem;
    }

    /// <summary>Tells why the chain could not be read; null when it was.</summary>
    internal void Tell(string? problem)
    {
        _unread = problem;
        if (problem is not null)
        {
            Raise(problem);
        }
    }

    private string? Leave(ChainHead head) => Record(AuditEvents.ConsolePulled, head.Host,
        new("host_chain", head.Chain), new("host_seq", head.Seq), new("host_hash", head.Hash), new("host_key", head.HostKey));

    private void Sign() => Try(SignNow);

    private bool SignNow()
    {
        bool signed = File.Sign();
        Interlocked.Exchange(ref _unsigned, 0);
        return signed;
    }

    /// <param name="write">Gives whether something was written: that nothing was to be done shows nothing.</param>
    /// <param name="what">What is missing where it fails.</param>
    /// <param name="tells">Whether a failure is told, or only remembered.</param>
    private string? Try(Func<bool> write, string what = "", bool tells = true)
    {
        try
        {
            if (write())
            {
                _problem = _told = null;
            }

            return null;
        }
        catch (ProblemException e)
        {
            _problem = e.Message;
            if (tells)
            {
                Raise(e.Message + what);
            }

            return e.Message;
        }
    }

    private void Raise(string text)
    {
        if (Interlocked.Exchange(ref _told, text) != text)
        {
            Failed?.Invoke(text);
        }
    }
}
