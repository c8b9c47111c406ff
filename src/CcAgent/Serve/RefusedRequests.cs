using CcAgent.Daemon;
using CcAgent.Places;
using CcAgent.Verbs;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>
/// Records in the chain what a session asked for beyond its policy: each method once in a session, and few in all. The daemon
/// bounds what all sessions together may add. Without a daemon there is no entry, and the request is refused all the same.
/// </summary>
internal sealed class RefusedRequests
{
    private const int MostEntries = 8, LongestName = 64;

    private readonly DaemonClient _daemon;
    private readonly string _policy;
    private readonly HashSet<string> _seen = [];

    internal RefusedRequests(AgentPlaces places, string policy) => (_daemon, _policy) = (new DaemonClient(places), policy);

    /// <summary>Who the console says it is; nothing more than that is known of who asks.</summary>
    internal string Client { get; set; } = "";

    /// <summary>Whether this one is to be recorded. Called by the session's reader alone.</summary>
    internal bool IsNew(string method) => _seen.Count < MostEntries && _seen.Add(Name(method));

    internal void Record(string method)
    {
        try
        {
            _daemon.Append(new AuditAppendParams(AuditEvents.AccessRefused, Client, SessionOrigin.Address) { Method = Name(method), Policy = _policy });
        }
        catch (ProblemException)
        {
            // Nothing was done, so nothing has to be taken back.
        }
    }

    private static string Name(string method) => PlainText.Of(method.Length <= LongestName ? method : method[..LongestName]);
}

/// <summary>Where a session comes from.</summary>
internal static class SessionOrigin
{
    /// <summary>The client's address as sshd has set it (ssh(1): SSH_CONNECTION); "local" for a session that came by no sshd.</summary>
    internal static string Address =>
        Environment.GetEnvironmentVariable("SSH_CONNECTION")?.Split(' ', 2)[0] is { Length: > 0 } address ? PlainText.Of(address) : "local";
}
