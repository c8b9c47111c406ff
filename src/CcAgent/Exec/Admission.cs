using System.Buffers;
using System.Diagnostics;
using System.Text;
using CcAgent.Daemon;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>
/// Under the policy "strict" a job is begun when its start is on record, and not else. The daemon leaves a mark beside its
/// spools while that is the policy, so that it holds while the daemon is away too, and costs any other run one look.
/// </summary>
internal static class Admission
{
    /// <summary>The mark's name.</summary>
    internal const string Mark = "audit-strict";

    // A daemon that is being started again or upgraded is waited for so long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Step = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether that is the policy of the agent at a socket.</summary>
    internal static bool IsWanted(string socket, uint uid) =>
        Libc.TryStatus(MarkBeside(AgentPlaces.SpoolFor(Path.GetDirectoryName(socket)!, uid)), out var mark) && (mark.Owner == 0 || mark.Owner == uid);

    /// <summary>Leaves the mark beside each spool, or takes it away; durably, since jobs may begin before the daemon does.</summary>
    /// <exception cref="ProblemException">It could be neither left nor taken away.</exception>
    internal static void Leave(AgentPlaces places, AuditPolicy policy)
    {
        foreach (var spool in places.Spools)
        {
            var mark = MarkBeside(spool);
            if (policy != AuditPolicy.Strict)
            {
                if (Libc.unlink(mark) != 0 && Libc.LastError != Errno.NoEntry)
                    throw new ProblemException($"{mark} cannot be removed: {Libc.ErrorText(Libc.LastError)}", "remove it: runs would be refused as if the audit policy were strict");
                continue;
            }

            if (spool != places.Spool)
                SecureDirectory.MakePath(Path.GetDirectoryName(spool)!, places.Owner);
            var fd = Libc.open(mark, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x1A4);
            if (fd < 0)
                throw new ProblemException($"{mark} cannot be made: {Libc.ErrorText(Libc.LastError)}", "without it runs would not keep to the audit policy \"strict\"");
            var problem = Libc.fsync(fd) == 0 ? null : new ProblemException($"{mark} cannot be brought to disk: {Libc.ErrorText(Libc.LastError)}");
            _ = Libc.close(fd);
            if (problem is not null)
                throw problem;
            AppendFile.SyncDirectory(Path.GetDirectoryName(mark)!);
        }
    }

    /// <summary>Has the daemon record that a run begins; a signal that asks to end ends the waiting for it.</summary>
    /// <returns>Null when that is durable; else why the run is not to begin.</returns>
    internal static string? Ask(string socket, uint uid, RunMark run)
    {
        var request = Request(run);
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var answer = DaemonSocket.Ask(socket, uid, request, out var reason);
                if (answer.AsSpan().StartsWith("{\"ok\":true"u8))
                    return null;
                if (answer.Length > 0)
                    return "the daemon answered " + Encoding.UTF8.GetString(answer);
                if (Stopwatch.GetElapsedTime(start) >= Patience || ForwardedSignals.Ended.WaitOne(Step))
                    return reason;
            }
            catch (ProblemException e)
            {
                return e.Hint.Length > 0 ? $"{e.Message} ({e.Hint})" : e.Message;
            }
        }
    }

    private static string MarkBeside(string spool) => Path.GetDirectoryName(spool) + "/" + Mark;

    // A mark with another first member.
    private static byte[] Request(RunMark run)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("{\"request\":\""u8);
        buffer.Write(Encoding.ASCII.GetBytes(DaemonRequest.Begin));
        buffer.Write("\","u8);
        buffer.Write(run.ToJson().AsSpan(1));
        return buffer.WrittenSpan.ToArray();
    }
}
