using System.Text;
using CcAgent.Daemon;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>What became of a report that was offered to the daemon.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The daemon has it, durably.</summary>
    Recorded,

    /// <summary>The daemon has recorded that it refused it.</summary>
    Refused,

    /// <summary>Nobody has it.</summary>
    NotDelivered,

    /// <summary>Nobody has it, since others may have a hand in the daemon's socket or its directory.</summary>
    Unsafe,
}

/// <summary>Hands one report to the daemon and understands its durable answer.</summary>
internal static class ReportDelivery
{
    internal static DeliveryOutcome Send(string socket, uint uid, ReadOnlySpan<byte> report, out string reason)
    {
        // The answer's first members stand in a fixed order: no JSON reader on the wrapper's path.
        ReadOnlySpan<byte> answer;
        try
        {
            answer = DaemonSocket.Ask(socket, uid, report, out reason);
            // The published agent's daemon, which takes a report in an envelope alone.
            if (answer.StartsWith("{\"accepted\":false"u8))
                answer = DaemonSocket.Ask(socket, uid, ReportEnvelope.Put(report), out reason);
        }
        catch (ProblemException e)
        {
            reason = e.Hint.Length > 0 ? $"{e.Message} ({e.Hint})" : e.Message;
            return DeliveryOutcome.Unsafe;
        }

        if (answer.StartsWith("{\"ok\":true"u8) || answer.StartsWith("{\"accepted\":true"u8))
            return DeliveryOutcome.Recorded;
        if (answer.StartsWith("{\"ok\":false"u8) || answer.StartsWith("{\"accepted\":false"u8))
            reason = "the daemon answered " + Encoding.UTF8.GetString(answer);
        return answer.StartsWith("{\"ok\":false,\"recorded\":true"u8) ? DeliveryOutcome.Refused : DeliveryOutcome.NotDelivered;
    }
}
