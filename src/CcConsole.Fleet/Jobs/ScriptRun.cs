using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Jobs;

/// <summary>
/// A run on a host without an agent, by sh (<see cref="HostRun"/>). The session's standard input stays open for as long as someone
/// watches: its end, for whatever reason, ends the command on the host.
/// </summary>
internal static class ScriptRun
{
    private const int BatchBytes = 32 * 1024;
    private const int BatchesAhead = 16;

    /// <summary>What a job leaves in the background may hold the output open: it has ended all the same when it was quiet for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<RunEvent> StartAsync(HostConnection connection, RunRequest request, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        RunFacts facts = await FactsAsync(connection, request, cancellation).ConfigureAwait(false);
        CronStart start = StartOf(connection, facts, request);
        foreach (string note in start.Notes)
        {
            yield return new RunNote(note);
        }

        string mark = $"cc-run-{Guid.NewGuid():N}";
        byte[] input = HostRun.SessionInput(facts, start, request.Command.Span, request.Input, mark);
        ICommandStream session = await connection.Shell.OpenAsync(HostRun.SessionCommand, new CommandOptions { StreamError = true }, cancellation).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            long from = time.GetTimestamp();
            WatcherMarks marks = new(mark);
            Channel<RunOutput> outputs = Channel.CreateBounded<RunOutput>(BatchesAhead);
            Task reading = ReadAsync(session, marks, outputs.Writer);
            try
            {
                await WriteAsync(session.Input, input, cancellation).ConfigureAwait(false);
                TimeSpan? duration = null;
                while (true)
                {
                    Task<bool> next = outputs.Reader.WaitToReadAsync(cancellation).AsTask();
                    if (duration is null && marks.Ended.IsCompleted)
                    {
                        duration = time.GetElapsedTime(from);
                        // The watcher goes when nobody needs it any more.
                        await session.Input.DisposeAsync().ConfigureAwait(false);
                    }

                    Task first = duration is null ? await Task.WhenAny(next, marks.Ended).ConfigureAwait(false)
                        : await Task.WhenAny(next, Task.Delay(Quiet, time, cancellation)).ConfigureAwait(false);
                    if (first != next)
                    {
                        if (duration is not null)
                        {
                            break;
                        }

                        continue;
                    }

                    if (!await next.ConfigureAwait(false))
                    {
                        break;
                    }

                    while (outputs.Reader.TryRead(out RunOutput? output))
                    {
                        yield return output;
                    }
                }

                if (marks.ExitCode is not { } code)
                {
                    // Throws where the connection was lost.
                    int exit = await session.Exit.WaitAsync(cancellation).ConfigureAwait(false);
                    throw new ProblemException(
                        $"{connection.Host.Name}: the run {(marks.HasStarted ? "has ended, but the host did not say how" : "was not started")} (exit code {exit})",
                        "Look at what it wrote on standard error.");
                }

                yield return new RunEnded(code, duration ?? time.GetElapsedTime(from));
            }
            finally
            {
                outputs.Writer.TryComplete();
                await EndAsync(session, marks.Ended.IsCompleted ? Quiet : HostRun.StopGrace + TimeSpan.FromSeconds(3), time).ConfigureAwait(false);
            }

            await reading.ConfigureAwait(false);
        }
    }

    private static async Task<RunFacts> FactsAsync(HostConnection connection, RunRequest request, CancellationToken cancellation)
    {
        CommandResult result = await connection.Shell.RunAsync(HostRun.FactsCommand(request.User, request.Variables), default, CommandOptions.Default, cancellation).ConfigureAwait(false);
        try
        {
            return HostRun.ParseFacts(result.ExitCode, result.Output.Span, result.Error.Span);
        }
        catch (ProblemException e)
        {
            throw new ProblemException($"{connection.Host.Name}: {e.Message}", e.Hint, e);
        }
    }

    private static CronStart StartOf(HostConnection connection, RunFacts facts, RunRequest request)
    {
        try
        {
            return CronStart.Of(facts, request.Variables, request.IsSystem);
        }
        catch (ProblemException e)
        {
            throw new ProblemException($"{connection.Host.Name}: {e.Message}", e.Hint, e);
        }
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            await stream.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The session has ended: how, is told by its exit.
        }
    }

    /// <summary>Reads both streams to their ends. When nobody takes the output any more it is read and dropped.</summary>
    private static async Task ReadAsync(ICommandStream session, WatcherMarks marks, ChannelWriter<RunOutput> outputs)
    {
        Task output = PassAsync(session.Output, false, static bytes => bytes.ToArray(), outputs);
        Task error = PassAsync(session.ErrorStream!, true, marks.Take, outputs);
        await Task.WhenAll(output, error).ConfigureAwait(false);
        await SendAsync(outputs, true, marks.Rest()).ConfigureAwait(false);
        outputs.TryComplete();
    }

    private delegate byte[] Filter(ReadOnlySpan<byte> bytes);

    private static async Task PassAsync(Stream stream, bool isError, Filter filter, ChannelWriter<RunOutput> outputs)
    {
        byte[] buffer = new byte[BatchBytes];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                await SendAsync(outputs, isError, filter(buffer.AsSpan(0, read))).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Ended from here.
        }
    }

    private static async ValueTask SendAsync(ChannelWriter<RunOutput> outputs, bool isError, byte[] bytes)
    {
        try
        {
            if (bytes.Length > 0)
            {
                await outputs.WriteAsync(new RunOutput(isError, bytes)).ConfigureAwait(false);
            }
        }
        catch (ChannelClosedException)
        {
            // Nobody watches any more.
        }
    }

    /// <summary>Closes the control and gives the watcher the time that it gives the command.</summary>
    private static async Task EndAsync(ICommandStream session, TimeSpan limit, TimeProvider time)
    {
        try
        {
            await session.Input.DisposeAsync().ConfigureAwait(false);
            await session.Exit.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException or HostProblemException or OperationCanceledException)
        {
            // The watcher sees on the host that its input has ended, whatever has become of the connection.
        }
    }
}
