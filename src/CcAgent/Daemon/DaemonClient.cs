using System.Text.Json;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Protocol;

namespace CcAgent.Daemon;

/// <summary>Asks the daemon for what only it can do or tell.</summary>
internal sealed class DaemonClient
{
    private readonly AgentPlaces _places;

    internal DaemonClient(AgentPlaces places) => _places = places;

    /// <summary>The daemon's own state; null with the reason when it does not answer.</summary>
    internal DaemonAnswer? Status(out string reason)
    {
        var answer = Ask(new DaemonRequest(DaemonRequest.Status), out reason);
        return answer?.Status is null ? null : answer;
    }

    /// <summary>Why nothing could be written to the audit log now, in words; null when it can be.</summary>
    internal string? AuditProblem() => Status(out var reason) is not { } answer ? reason : answer.Audit?.Problem;

    /// <summary>Adds an entry to the chain; durable when it returns.</summary>
    /// <exception cref="ProblemException">It is not, or not known to be, in the chain.</exception>
    internal AuditAppendResult Append(AuditAppendParams entry)
    {
        var answer = Ask(new DaemonRequest(DaemonRequest.Append, entry), out var reason);
        return answer is { Ok: true, Hash: { } hash }
            ? new AuditAppendResult(answer.Seq, hash)
            : throw new ProblemException($"the audit entry could not be written: {answer?.Error ?? reason}", StartHint);
    }

    /// <summary>Tells that a console holds the reports up to one of them; the daemon remembers it durably.</summary>
    /// <exception cref="ProblemException">It does not.</exception>
    internal void Acknowledge(long seq)
    {
        var answer = Ask(new DaemonRequest(DaemonRequest.Acknowledge, Seq: seq), out var reason);
        if (answer is not { Ok: true })
            throw new ProblemException($"the agent could not note which reports were pulled: {answer?.Error ?? reason}", StartHint);
    }

    internal const string StartHint = "start the agent's daemon on the host (cc-agent daemon), and see cc-agent status";

    private DaemonAnswer? Ask(DaemonRequest request, out string reason)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request, DaemonJson.Default.DaemonRequest);
        try
        {
            var answer = DaemonSocket.Ask(_places.Socket, _places.Owner, json, out reason);
            if (answer.Length == 0)
                return null;
            return JsonSerializer.Deserialize(answer, DaemonJson.Default.DaemonAnswer);
        }
        catch (ProblemException e)
        {
            reason = e.Message;
            return null;
        }
        catch (JsonException)
        {
            reason = $"{_places.Socket} gave an answer that is none of the daemon's";
            return null;
        }
    }
}
