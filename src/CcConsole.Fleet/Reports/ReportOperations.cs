using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using CcConsole.Core;
using CcConsole.Core.Reports;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Reports;

namespace CcConsole.Fleet.Reports;

/// <summary>Reports of runs: those in the cache, new ones from the hosts, and a live tail.</summary>
public sealed class ReportOperations
{
    private const int TailBuffer = 1024;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(30);
    private readonly SessionPool _sessions;
    private readonly CacheDatabase _cache;
    private readonly FleetOptions _options;

    internal ReportOperations(SessionPool sessions, CacheDatabase cache, FleetOptions options) => (_sessions, _cache, _options) = (sessions, cache, options);

    /// <summary>Reports in the cache, newest start first; asks no host.</summary>
    public IReadOnlyList<StoredReport> List(ReportFilter filter) => _cache.Reports.List(filter);

    /// <summary>One report in the cache, parsed.</summary>
    /// <exception cref="ProblemException">There is none with that number.</exception>
    public RecordedReport Show(long id) => Parse(_cache.Reports.Find(id)
        ?? throw new ProblemException($"There is no report with the number {id} in the cache", "cc-console report list shows the numbers."));

    /// <summary>Parses a report of the cache.</summary>
    public static RecordedReport Parse(StoredReport stored)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Json.Span, ReportJson.Default.RecordedReport)
                ?? throw new ProblemException($"Report {stored.Id} in the cache is empty");
        }
        catch (JsonException e)
        {
            throw new ProblemException($"Report {stored.Id} of {stored.Host} in the cache cannot be read: {e.Message}", "cc-console doctor checks the cache.", e);
        }
    }

    /// <summary>Takes the reports that a host has and the cache has not; returns how many.</summary>
    /// <exception cref="ProblemException">The host is not reached, or has no agent.</exception>
    public async Task<int> FetchAsync(string host, CancellationToken cancellation = default)
    {
        HostConnection connection = await _sessions.Get(host).ConnectAsync(cancellation).ConfigureAwait(false);
        return await new ReportPull(_cache, connection.RequireAgent("only an agent keeps reports"), host).FetchAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// The last reports of some hosts, oldest first, and then new ones as they come, for as long as it is read. A host that is lost
    /// is tried again; when it is back a <see cref="TailGap"/> says from when to when, and what was missed follows. A host without
    /// an agent is named once and left.
    /// </summary>
    /// <param name="hosts">Names in the fleet.</param>
    /// <param name="last">How many of each host to begin with.</param>
    /// <param name="follow">False: end after those.</param>
    /// <param name="cancellation">Ends the tail.</param>
    public async IAsyncEnumerable<TailItem> TailAsync(IReadOnlyList<string> hosts, int last, bool follow, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Channel<TailItem> items = Channel.CreateBounded<TailItem>(TailBuffer);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task all = Task.WhenAll(hosts.Select(host => Task.Run(() => TailOneAsync(host, last, follow, items.Writer, stop.Token), CancellationToken.None)))
            .ContinueWith(done => items.Writer.TryComplete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (TailItem item in items.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(false);
        }
    }

    private async Task TailOneAsync(string host, int last, bool follow, ChannelWriter<TailItem> items, CancellationToken stop)
    {
        long? shown = null;
        DateTimeOffset? lostAt = null;
        string? said = null;
        TimeSpan delay = FirstDelay;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                HostConnection connection = await _sessions.Get(host).ConnectAsync(stop).ConfigureAwait(false);
                ReportPull pull = new(_cache, connection.RequireAgent("only an agent keeps reports"), host);
                await pull.FetchAsync(stop).ConfigureAwait(false);
                if (lostAt is { } from)
                {
                    await items.WriteAsync(new TailGap(host, from, _options.Time.GetUtcNow()), stop).ConfigureAwait(false);
                    (lostAt, said, delay) = (null, null, FirstDelay);
                }

                shown = await CatchUpAsync(host, shown, last, items, stop).ConfigureAwait(false);
                if (!follow)
                {
                    return;
                }

                await foreach (TailReport report in pull.FollowAsync(_cache.Reports.LastSeq(host) ?? -1, stop).ConfigureAwait(false))
                {
                    if (report.Stored.Id > shown)
                    {
                        shown = report.Stored.Id;
                        await items.WriteAsync(report, stop).ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (ProblemException e)
            {
                bool lasting = e is not HostProblemException and not AgentEndedException;
                lostAt ??= shown is null ? null : _options.Time.GetUtcNow();
                if (said != e.Message)
                {
                    said = e.Message;
                    await items.WriteAsync(new TailProblem(host, e.Message, e.Hint), CancellationToken.None).ConfigureAwait(false);
                }

                if (!follow || lasting)
                {
                    return;
                }
            }

            await Task.Delay(delay, _options.Time, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        }
    }

    /// <summary>Gives what the cache has and was not shown yet, oldest first.</summary>
    private async Task<long> CatchUpAsync(string host, long? shown, int last, ChannelWriter<TailItem> items, CancellationToken stop)
    {
        ReportFilter filter = shown is { } after ? new() { Host = host, AfterId = after, Limit = int.MaxValue } : new() { Host = host, Limit = last };
        long newest = shown ?? _cache.Reports.LastId();
        foreach (StoredReport stored in _cache.Reports.List(filter).OrderBy(report => report.Id))
        {
            newest = Math.Max(newest, stored.Id);
            await items.WriteAsync(new TailReport(host, stored, Parse(stored)), stop).ConfigureAwait(false);
        }

        return newest;
    }
}
