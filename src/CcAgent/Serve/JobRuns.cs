using System.Collections.Concurrent;
using System.Diagnostics;
using CcAgent.Exec;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>
/// Answers job.run and job.stop. A job is started by the same script as by the console without an agent (<see cref="HostRun"/>),
/// and ends with its stream: who stops watching, for whatever reason, wants it to be stopped.
/// </summary>
internal sealed unsafe class JobRuns
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly MessageOutput _output;
    private readonly ConcurrentDictionary<long, RunningJob> _jobs = new();

    internal JobRuns(MessageOutput output) => _output = output;

    /// <exception cref="ProblemException">The command cannot be started.</exception>
    internal void Run(OutgoingStream stream, JobRunParams request)
    {
        var (arguments, notes) = Prepare(request);
        if (!Libc.TryPipe(out var inputReading, out var inputWriting) || !Libc.TryPipe(out var outReading, out var outWriting)
            || !Libc.TryPipe(out var errReading, out var errWriting))
        {
            throw new ProblemException($"cannot make a pipe: {Libc.ErrorText(Libc.LastError)}");
        }

        var started = TimeProvider.System.GetUtcNow();
        var clock = Stopwatch.GetTimestamp();
        int error, pid;
        using (NativeStrings command = new(arguments), environment = new(["PATH=/usr/bin:/bin:/usr/sbin:/sbin"u8.ToArray(), "LC_ALL=C"u8.ToArray()]))
        {
            error = ChildProcess.Start(
                command.Pointer, environment.Pointer, new ChildProcess.Setup(inputReading, outWriting, errWriting, false, OwnSession: true), out pid);
        }

        _ = Libc.close(inputReading);
        _ = Libc.close(outWriting);
        _ = Libc.close(errWriting);
        if (error != 0)
        {
            foreach (var fd in (ReadOnlySpan<int>)[inputWriting, outReading, errReading])
                _ = Libc.close(fd);
            throw new ProblemException($"the command cannot be started: {Libc.ErrorText(error)}");
        }

        var job = new RunningJob(pid);
        _jobs[stream.Id] = job;
        stream.Opened = true;
        _output.Result(stream.Id, new JobRunResult(stream.Id, pid, started, notes.Count > 0 ? notes : null), ProtocolJson.Default.JobRunResult);
        stream.OnCancel(() => job.Stop(HostRun.StopGrace));
        if (stream.Cancelled)
            job.Stop(HostRun.StopGrace);
        _ = Background(() => Feed(inputWriting, request.Input));
        var activity = new Activity();
        var readers = Task.WhenAll(
            Background(() => Forward(stream, "stdout", outReading, activity)), Background(() => Forward(stream, "stderr", errReading, activity)));
        var (code, signal) = job.Wait();
        stream.OnCancel(null);
        var duration = Stopwatch.GetElapsedTime(clock);
        // What the job left in the background may hold the output open; the job has ended all the same.
        activity.Touch();
        while (!readers.Wait(TimeSpan.FromMilliseconds(100)) && !activity.QuietFor(Grace))
        {
        }

        _output.Notify(
            StreamMethods.JobEnded, new JobEnded(stream.Id, code, (long)duration.TotalMilliseconds, signal), ProtocolJson.Default.JobEnded);
        job.Stopped.Wait();
        _jobs.TryRemove(stream.Id, out _);
    }

    /// <exception cref="ProblemException">No such job, or no such signal.</exception>
    internal void Stop(JobStopParams request)
    {
        var signal = request.Signal switch
        {
            "TERM" => Signals.Terminate,
            "INT" => Signals.Interrupt,
            "KILL" => Signals.Kill,
            _ => throw new ProblemException("the signal must be TERM, INT or KILL"),
        };
        if (!_jobs.TryGetValue(request.Stream, out var job) || job.HasEnded)
            throw new ProblemException("the job has ended already");
        if (signal == Signals.Terminate)
            job.Stop(HostRun.StopGrace);
        else
            job.Signal(signal);
    }

    /// <summary>Stops all jobs and waits until they are gone. For the end of this process.</summary>
    internal void StopAll(TimeSpan grace)
    {
        RunningJob[] all = [.. _jobs.Values];
        foreach (var job in all)
            job.Stop(grace);
        Task.WaitAll(all.Select(static job => job.Stopped));
    }

    private static (IReadOnlyList<byte[]> Arguments, IReadOnlyList<string> Notes) Prepare(JobRunParams request)
    {
        if (request.Command.AsSpan().Contains((byte)0))
            throw new ProblemException("the command holds a NUL");
        // A name that env could not be given is no variable of a table.
        TableVariable[] variables = [.. (request.Environment ?? [])
            .Where(static variable => !variable.Name.AsSpan().ContainsAny((byte)0, (byte)'=') && !variable.Value.AsSpan().Contains((byte)0))
            .Select(static variable => new TableVariable(variable.Name, variable.Value))];
        var told = ShellRun.Run(HostRun.FactsCommand(request.User, variables), default);
        var facts = HostRun.ParseFacts(told.ExitCode, told.Output, told.Error);
        var start = CronStart.Of(facts, variables, request.System);
        return (HostRun.Arguments(facts, start, request.Command), start.Notes);
    }

    private static Task Background(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Feed(int fd, byte[]? input)
    {
        if (input is not null)
            _ = StandardStreams.WriteAll(fd, input);
        _ = Libc.close(fd);
    }

    private void Forward(OutgoingStream stream, string channel, int fd, Activity activity)
    {
        var buffer = new byte[RpcLimits.OutputBatchBytes];
        while (true)
        {
            nint count;
            fixed (byte* at = buffer)
                count = Libc.read(fd, at, (nuint)buffer.Length);
            if (count < 0 && Libc.LastError == Errno.Interrupted)
                continue;
            if (count <= 0)
                break;
            // Without credit the job's pipe fills; when nobody wants the output any more it is read and dropped.
            activity.Begin();
            if (stream.Take())
            {
                _output.Notify(
                    StreamMethods.JobOutput, new JobOutput(stream.Id, channel, buffer.AsSpan(0, (int)count).ToArray()), ProtocolJson.Default.JobOutput);
            }

            activity.End();
        }

        _ = Libc.close(fd);
    }

    /// <summary>Whether output is on its way, and since when none is.</summary>
    private sealed class Activity
    {
        private int _busy;
        private long _last;

        internal void Touch() => Volatile.Write(ref _last, Stopwatch.GetTimestamp());

        internal void Begin() => Interlocked.Increment(ref _busy);

        internal void End()
        {
            Touch();
            Interlocked.Decrement(ref _busy);
        }

        internal bool QuietFor(TimeSpan time) =>
            Volatile.Read(ref _busy) == 0 && Stopwatch.GetElapsedTime(Volatile.Read(ref _last)) >= time;
    }
}
