using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Reports;

namespace CcConsole.Fleet.Reports;

/// <summary>Takes reports from a host into the cache.</summary>
internal sealed class ReportPull(CacheDatabase cache, AgentSession agent, string host)
{
    private const int Credit = 32;
    private const int StoredAtOnce = 256;

    /// <summary>Takes what the host has and the cache has not, into the cache; returns how many were new.</summary>
    public async Task<int> FetchAsync(CancellationToken cancellation)
    {
        int added = 0;
        List<StoredReport> batch = [];
        await foreach ((StoredReport stored, _) in StreamAsync(cache.Reports.LastSeq(host) ?? -1, false, cancellation).ConfigureAwait(false))
        {
            batch.Add(stored);
            if (batch.Count == StoredAtOnce)
            {
                added += cache.Reports.Add(batch).Count;
                batch.Clear();
            }
        }

        added += cache.Reports.Add(batch).Count;
        await AcknowledgeAsync(cancellation).ConfigureAwait(false);
        return added;
    }

    // What is in the cache the host may let go. That it could not be told so costs room on the host, and the next pull tells it again.
    private async Task AcknowledgeAsync(CancellationToken cancellation)
    {
        if (cache.Reports.LastSeq(host) is not { } last || last == agent.AcknowledgedReports || !agent.Hello.Capabilities.Contains(Methods.ReportAck))
            return;
        try
        {
            await agent.RequestAsync(Methods.ReportAck, new ReportAckParams(last), ProtocolJson.Default.ReportAckParams, ProtocolJson.Default.Done, cancellation).ConfigureAwait(false);
            agent.AcknowledgedReports = last;
        }
        catch (AgentProblemException)
        {
        }
    }

    /// <summary>Reports as they come, each in the cache before it is given.</summary>
    /// <param name="after">Only those with a higher number in the host's journal.</param>
    /// <param name="cancellation">Ends the following.</param>
    public async IAsyncEnumerable<TailReport> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach ((StoredReport stored, RecordedReport report) in StreamAsync(after, true, cancellation).ConfigureAwait(false))
        {
            yield return new TailReport(host, cache.Reports.Keep(stored), report);
        }
    }

    private async IAsyncEnumerable<(StoredReport Stored, RecordedReport Report)> StreamAsync(long after, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        (StreamResult opened, AgentStream stream) = await OpenAsync(after, follow, cancellation).ConfigureAwait(false);
        if (opened.Last < after)
        {
            // The host counts anew: its agent was installed again. What is known already is told by its bytes.
            await stream.DisposeAsync().ConfigureAwait(false);
            (_, stream) = await OpenAsync(-1, follow, cancellation).ConfigureAwait(false);
        }

        await using (stream.ConfigureAwait(false))
        {
            await foreach (RpcMessage message in stream.ReadAsync(mayBeSilent: follow, cancellation).ConfigureAwait(false))
            {
                if (message.Method == StreamMethods.ReportEntry)
                {
                    RecordedReport report = Possible(AgentSession.Read(message.Params, ProtocolJson.Default.ReportEntry).Entry);
                    yield return (Stored(message.Params!.Value.GetProperty("entry"u8), report), report);
                }
            }
        }
    }

    private async Task<(StreamResult, AgentStream)> OpenAsync(long after, bool follow, CancellationToken cancellation) =>
        await agent.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(after, null, follow, Credit), Credit,
            ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, cancellation).ConfigureAwait(false);

    /// <summary>An honest agent has checked the same before it took the report.</summary>
    private RecordedReport Possible(RecordedReport recorded) =>
        recorded.Report.DurationMs is >= 0 and <= ReportLimits.MaxDurationMs && ReportLimits.IsStart(recorded.Report.StartTime)
            ? recorded
            : throw new ProblemException($"{host}: the agent sent a report of an impossible time; nothing of it was stored", "Look at the agent on the host: cc-agent report list.");

    private StoredReport Stored(JsonElement entry, RecordedReport recorded) => new()
    {
        Host = host,
        Seq = recorded.Seq,
        JobId = recorded.Report.JobId,
        StartedAt = recorded.Report.StartTime,
        Duration = TimeSpan.FromMilliseconds(recorded.Report.DurationMs),
        ExitCode = recorded.Report.ExitCode,
        Refused = recorded.Report.Refused,
        IsLost = recorded.Report.Lost == true,
        Json = Encoding.UTF8.GetBytes(entry.GetRawText()),
    };
}
