using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>
/// Answers job.run and job.stop. A job that was started goes on when the console is gone, as it would under cron: its
/// output then goes nowhere, and this process ends after it.
/// </summary>
internal sealed unsafe class JobRuns
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly MessageOutput _output;
    private readonly ConcurrentDictionary<long, int> _groups = new();

    internal JobRuns(MessageOutput output) => _output = output;

    /// <exception cref="ProblemException">The command cannot be started.</exception>
    internal void Run(OutgoingStream stream, JobRunParams request)
    {
        var (arguments, variables, directory) = Prepare(request);
        if (!Libc.TryPipe(out var inputReading, out var inputWriting) || !Libc.TryPipe(out var outReading, out var outWriting)
            || !Libc.TryPipe(out var errReading, out var errWriting))
        {
            throw new ProblemException($"cannot make a pipe: {Libc.ErrorText(Libc.LastError)}");
        }

        var started = TimeProvider.System.GetUtcNow();
        var clock = Stopwatch.GetTimestamp();
        int error, pid;
        using (NativeStrings command = new(arguments), environment = new(variables))
        {
            error = ChildProcess.Start(
                command.Pointer, environment.Pointer, new ChildProcess.Setup(inputReading, outWriting, errWriting, true, directory), out pid);
        }

        _ = Libc.close(inputReading);
        _ = Libc.close(outWriting);
        _ = Libc.close(errWriting);
        if (error != 0)
        {
            foreach (var fd in (ReadOnlySpan<int>)[inputWriting, outReading, errReading])
                _ = Libc.close(fd);
            throw new ProblemException($"the command cannot be started in {directory}: {Libc.ErrorText(error)}");
        }

        _groups[stream.Id] = pid;
        stream.Opened = true;
        _output.Result(stream.Id, new JobRunResult(stream.Id, pid, started), ProtocolJson.Default.JobRunResult);
        _ = Background(() => Feed(inputWriting, request.Input));
        var activity = new Activity();
        var readers = Task.WhenAll(
            Background(() => Forward(stream, "stdout", outReading, activity)), Background(() => Forward(stream, "stderr", errReading, activity)));
        var (code, signal) = Wait(pid);
        _groups.TryRemove(stream.Id, out _);
        var duration = Stopwatch.GetElapsedTime(clock);
        // What the job left in the background may hold the output open; the job has ended all the same.
        activity.Touch();
        while (!readers.Wait(TimeSpan.FromMilliseconds(100)) && !activity.QuietFor(Grace))
        {
        }

        _output.Notify(
            StreamMethods.JobEnded, new JobEnded(stream.Id, code, (long)duration.TotalMilliseconds, signal), ProtocolJson.Default.JobEnded);
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
        if (!_groups.TryGetValue(request.Stream, out var group))
            throw new ProblemException("the job has ended already");
        _ = Libc.kill(-group, signal);
    }

    private static (List<byte[]> Arguments, IReadOnlyList<byte[]> Variables, string Directory) Prepare(JobRunParams request)
    {
        if (request.Command.AsSpan().Contains((byte)0))
            throw new ProblemException("the command holds a NUL");
        var self = UserAccount.Of(Libc.geteuid());
        var account = request.User is null || request.User == self.Name ? self
            : UserAccount.Named(request.User) ?? throw new ProblemException($"the host has no user {request.User}");
        var environment = JobEnvironment.Of(account, request.Environment);
        List<byte[]> arguments = [environment.Shell, "-c"u8.ToArray(), request.Command];
        if (account.Uid == self.Uid)
            return (arguments, environment.Variables, environment.Home);
        if (self.Uid != 0)
            throw new ProblemException($"only root may run a job as {account.Name}", "connect as root, or as that user");
        // util-linux's setpriv drops to the user as cron does: user, group and supplementary groups. Until then nothing of
        // the user's table may have a say: LD_PRELOAD would run as root, and HOME could lead where only root may go.
        const string enter = """cd "$1" || exit; shift; exec /usr/bin/env -i -- "$@" """;
        List<byte[]> drop = [
            "/usr/bin/setpriv"u8.ToArray(), Text($"--reuid={account.Uid.ToString(CultureInfo.InvariantCulture)}"),
            Text($"--regid={account.Gid.ToString(CultureInfo.InvariantCulture)}"), "--init-groups"u8.ToArray(), "--"u8.ToArray(),
            "/bin/sh"u8.ToArray(), "-c"u8.ToArray(), Text(enter), "sh"u8.ToArray(), Text(environment.Home)];
        return ([.. drop, .. environment.Variables, .. arguments], ["PATH=/usr/bin:/bin"u8.ToArray()], "/");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

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

    private static (int Code, int? Signal) Wait(int pid)
    {
        var information = stackalloc byte[256];
        const int processId = 1, exited = 4;
        var noWait = OperatingSystem.IsMacOS() ? 0x20 : 0x01000000;
        while (Libc.waitid(processId, pid, information, exited | noWait) < 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        ChildProcess.TryWait(pid, out var code, out var signal);
        return (code, signal);
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
