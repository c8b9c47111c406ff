using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Runs;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Reports;

namespace CcAgent.Daemon;

/// <summary>
/// Understands what a client says: a report; or a request of this project's own tools, an object whose first member is
/// "request": {"request":"status"}, {"request":"audit.append","params":{…}}.
/// </summary>
internal sealed class RequestReader
{
    // The answer to a status request, with its newline.
    private readonly Func<byte[]> _status;

    // The daemon's own user, who may ask for entries beside root.
    private readonly uint _self;

    // Remembers that a console holds the reports up to one.
    private readonly Action<long> _pulled;

    // The runs whose start was recorded before they began.
    private readonly BegunRuns _begun;

    // Those whose start waits to be on disk, with who has told of it again meanwhile.
    private readonly Dictionary<(uint Uid, string Run), List<Connection>> _beginning = [];

    // Whether a run is begun only when its start is on record.
    private readonly bool _strict;

    internal RequestReader(uint self, Func<byte[]> status, Action<long> pulled, BegunRuns begun, bool strict) =>
        (_self, _status, _pulled, _begun, _strict) = (self, status, pulled, begun, strict);

    /// <summary>Makes of an object what is to be recorded; null when it has been answered already.</summary>
    internal RecordRequest? Read(Connection connection, int length)
    {
        var bytes = connection.Frame.Bytes[..length];
        var object_ = SpoolDrain.Trimmed(bytes);
        if (IsRequest(object_.Span) is not { } own)
            return Rejected(connection, bytes, "its first member's name is not Unicode text");
        if (own)
            return Own(connection, object_);
        object_ = ReportEnvelope.Open(object_) ?? object_;
        if (!ReportReader.TryRead(object_.Span, out var report, out var problem))
            return Rejected(connection, bytes, problem);
        if (report.ExecutingUid != connection.Uid && connection.Uid != 0)
            return Rejected(connection, bytes, $"it claims to come from user id {report.ExecutingUid}", report.JobId);
        return new ReportRequest
        {
            Uid = connection.Uid,
            Report = report,
            Bytes = object_,
            Answer = answer =>
            {
                if (answer.Recorded && report.RunId is { } run)
                    _begun.Remove(connection.Uid, run);
                connection.Close(Connection.Format(answer));
            },
        };
    }

    internal static RejectedRequest Rejected(Connection connection, ReadOnlyMemory<byte> bytes, string reason, string? jobId = null) => new()
    {
        Uid = connection.Uid,
        Pid = connection.Pid,
        Reason = reason,
        Bytes = bytes,
        JobId = jobId,
        Answer = answer => connection.Close(Connection.Format(answer)),
    };

    // Null: its first member's name holds half of a surrogate pair, or is not UTF-8.
    private static bool? IsRequest(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("request"u8);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private RecordRequest? Own(Connection connection, ReadOnlyMemory<byte> json)
    {
        DaemonRequest? request = null;
        try
        {
            request = JsonSerializer.Deserialize(json.Span, DaemonJson.Default.DaemonRequest);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Answered below.
        }

        if (request is { Request: "status" })
        {
            connection.Close(_status());
            return null;
        }

        if (request is { Request: DaemonRequest.Begin })
            return Begin(connection, json);

        // Who tries to write into the record is on record.
        if (request is { Request: DaemonRequest.Append or DaemonRequest.Acknowledge } && connection.Uid != 0 && connection.Uid != _self)
            return Rejected(connection, json, $"{UserAccount.Of(connection.Uid).Name} may not write audit entries");
        if (request is { Request: DaemonRequest.Acknowledge, Seq: { } seq })
        {
            Acknowledge(connection, seq);
            return null;
        }

        var problem = request is not { Request: DaemonRequest.Append, Params: { } entry } ? "not a request that the daemon knows"
            : entry.Event is not (AuditEvents.CrontabEdited or AuditEvents.ConsolePulled or AuditEvents.WitnessHead or AuditEvents.JobStopped or AuditEvents.AccessRefused)
                && !AuditEvents.IsOfInstallation(entry.Event)
                ? "not an event that may be asked for"
            : null;
        if (problem is null)
        {
            return new AppendRequest
            {
                Uid = connection.Uid,
                Entry = request!.Params!,
                Answer = answer => connection.Close(Connection.Format(answer)),
            };
        }

        connection.Close(Connection.Format(new RecordAnswer(false, false, -1, problem)));
        return null;
    }

    // Anyone may have a run of theirs recorded, as anyone may send a report; who it is the kernel says.
    private RecordRequest? Begin(Connection connection, ReadOnlyMemory<byte> json)
    {
        if (json.Length > RunMark.MaxBytes)
            return Rejected(connection, json, "the start of a run is told in more bytes than that takes");
        if (RunMark.Read(json.Span, out var problem) is not { } run)
            return Rejected(connection, json, "the start of a run: " + problem);
        // Nobody waits for that unless the policy wants it, and who has just changed it is not to lose a run by it.
        if (!_strict)
        {
            connection.Close(Connection.Format(new RecordAnswer(true, true, -1, "")));
            return null;
        }

        run = run with { Uid = connection.Uid, Pid = connection.Pid };
        if (_begun.Contains(run))
        {
            connection.Close(Connection.Format(new RecordAnswer(true, true, -1, "")));
            return null;
        }

        if (_beginning.TryGetValue((run.Uid, run.RunId), out var again))
        {
            again.Add(connection);
            return null;
        }

        if (!_begun.HasRoom(connection.Uid))
            return Rejected(connection, json, "the start of a run: too many of this user's have begun of which nothing more was heard", run.JobId);
        _beginning.Add((run.Uid, run.RunId), again = []);
        return new EntryRequest
        {
            Uid = connection.Uid,
            Event = AuditEvents.JobStarted,
            Members = EntryMembers.Begins(run, UserAccount.Of(connection.Uid).Name),
            Answer = answer =>
            {
                if (answer.Good)
                    _begun.Add(run);
                _beginning.Remove((run.Uid, run.RunId));
                foreach (var each in again.Prepend(connection))
                    each.Close(Connection.Format(answer));
            },
        };
    }

    private void Acknowledge(Connection connection, long seq)
    {
        var answer = new RecordAnswer(true, true, -1, "");
        try
        {
            _pulled(seq);
        }
        catch (ProblemException e)
        {
            answer = new RecordAnswer(false, false, -1, e.Message);
        }

        connection.Close(Connection.Format(answer));
    }
}
