using CcAgent.Verbs;
using CcConsole.Core;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>
/// What a session may ask for. It is named on the host, in the forced command of the key that the session came by. What it does
/// not list is refused: a method that is added later has to be added here before any such key may use it.
/// </summary>
internal sealed class ServePolicy
{
    private static readonly string[] Reading =
    [
        Methods.Hello, Methods.AgentStatus, Methods.ReportTail, Methods.AuditPull, Methods.AuditAppend, Methods.CrontabRead, Methods.CrontabDiscover, Methods.JobRunning,
    ];

    private static readonly string[] Editing = [.. Reading, Methods.ReportAck, Methods.CrontabWrite, Methods.CrontabSettle, Methods.JobRun, Methods.JobStop];

    private readonly string[] _methods;

    private ServePolicy(string? name, string[] methods) => (Name, _methods) = (name, methods);

    /// <summary>Null for a session that came by a login, which can do more than all of this anyway.</summary>
    internal string? Name { get; }

    /// <summary>The methods that are answered.</summary>
    internal IReadOnlyList<string> Capabilities => _methods;

    /// <param name="name">The value of --policy; null when there is none.</param>
    /// <exception cref="ProblemException">No such policy: then nothing is served.</exception>
    internal static ServePolicy Named(string? name) => name switch
    {
        null => new ServePolicy(null, Editing),
        SessionPolicy.ReadOnly => new ServePolicy(name, Reading),
        SessionPolicy.Edit => new ServePolicy(name, Editing),
        _ => throw new ProblemException($"serve: there is no policy {PlainText.Of(name)}", "--policy read-only, or --policy edit"),
    };

    /// <summary>Whether a method is refused. Under a policy that goes for one that nobody knows as well.</summary>
    internal bool Refuses(string? method) => Name is not null && !_methods.Contains(method);
}
