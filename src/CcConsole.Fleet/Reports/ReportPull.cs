using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Reports;

namespace CcConsole.Fleet.Reports;

/// <summary>Takes reports from a host into the cache.</summary>
internal sealed class ReportPull(CacheDatabase cache, AgentSession agent, string host)
{
    private const int Credit = 64;
    private const int StoredAtOnce = 256;

    /// <summary>Takes what the host has and the cache has not, into the cache; returns what was new, in the host's order.</summary>
    public async Task<IReadOnlyList<StoredReport>> FetchAsync(CancellationToken cancellation)
    {
        List<StoredReport> added = [], batch = [];
        await foreach ((StoredReport stored, _) in StreamAsync(cache.Reports.LastSeq(host) ?? -1, false, cancellation).ConfigureAwait(false))
        {
            batch.Add(stored);
            if (batch.Count == StoredAtOnce)
            {
                added.AddRange(cache.Reports.Add(batch));
                batch.Clear();
            }
        }

        added.AddRange(cache.Reports.Add(batch));
        return added;
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
            await foreach (RpcMessage message in stream.ReadAsync(cancellation).ConfigureAwait(false))
            {
                if (message.Method == StreamMethods.ReportEntry)
                {
                    RecordedReport report = AgentSession.Read(message.Params, ProtocolJson.Default.ReportEntry).Entry;
                    yield return (Stored(message.Params!.Value.GetProperty("entry"u8), report), report);
                }
            }
        }
    }

    private async Task<(StreamResult, AgentStream)> OpenAsync(long after, bool follow, CancellationToken cancellation) =>
        await agent.OpenStreamAsync(Methods.ReportTail, new ReportTailParams(after, null, follow, Credit), Credit,
            ProtocolJson.Default.ReportTailParams, ProtocolJson.Default.StreamResult, cancellation).ConfigureAwait(false);

    private StoredReport Stored(JsonElement entry, RecordedReport recorded) => new()
    {
        Host = host,
        Seq = recorded.Seq,
        JobId = recorded.Report.JobId,
        StartedAt = recorded.Report.StartTime,
        Duration = TimeSpan.FromMilliseconds(recorded.Report.DurationMs),
        ExitCode = recorded.Report.ExitCode,
        Json = Encoding.UTF8.GetBytes(entry.GetRawText()),
    };
}
