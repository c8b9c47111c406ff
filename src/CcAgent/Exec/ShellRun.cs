using System.Diagnostics;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>What a script on this host answered.</summary>
internal readonly record struct ShellResult(int ExitCode, byte[] Output, byte[] Error);

/// <summary>Runs the host scripts of the crontab code by /bin/sh, as a login over SSH would.</summary>
internal static class ShellRun
{
    /// <summary>More than all tables of a large host; it bounds what a script that has gone wild costs in memory.</summary>
    internal const int MostOutput = 32 << 20;

    private const int MostError = 64 << 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Not the pool's: all of these wait, and the pool gives no more threads than there are processors for half a second.</summary>
    private static readonly TaskFactory Threads = new(CancellationToken.None, TaskCreationOptions.LongRunning, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <param name="command">A command line for a login shell.</param>
    /// <param name="input">Standard input, given whole and then closed.</param>
    /// <param name="limit">How long it may take; a minute by default.</param>
    /// <exception cref="ProblemException">It could not be started, did not end within its time, or said more than <see cref="MostOutput"/> bytes.</exception>
    internal static ShellResult Run(string command, ReadOnlyMemory<byte> input, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        try
        {
            using var process = Process.Start(start)!;
            var until = Stopwatch.GetTimestamp() + (long)((limit ?? Limit).TotalSeconds * Stopwatch.Frequency);
            using var wild = new ManualResetEventSlim();
            var output = Read(process.StandardOutput.BaseStream, MostOutput, wild);
            var error = Read(process.StandardError.BaseStream, MostError, null);
            var writing = Threads.StartNew(() => Write(process.StandardInput.BaseStream, input));
            // What the script left behind may hold its output open.
            using var done = new ManualResetEventSlim();
            _ = Task.WhenAll(output, error, writing, process.WaitForExitAsync()).ContinueWith(
                static (_, signal) => Signal((ManualResetEventSlim)signal!), done, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            var ended = WaitHandle.WaitAny([done.WaitHandle, wild.WaitHandle], Left(until));
            if (ended == 0)
                return new ShellResult(process.ExitCode, output.Result, error.Result);
            process.Kill(entireProcessTree: true);
            throw ended == 1
                ? new ProblemException($"the host's crontab said more than {MostOutput >> 20} MiB", "see on the host what it says")
                : new ProblemException("crontab did not answer within a minute", "see on the host what holds it up");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ProblemException($"/bin/sh cannot be run: {e.Message}", inner: e);
        }
    }

    private static void Write(Stream stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            stream.Write(input.Span);
            stream.Dispose();
        }
        catch (IOException)
        {
            // The script has ended without reading: its answer says why.
        }
    }

    private static Task<byte[]> Read(Stream stream, int most, ManualResetEventSlim? wild) => Threads.StartNew(() =>
    {
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            var taken = Math.Min(count, most - (int)all.Length);
            all.Write(buffer, 0, taken);
            if (taken < count && wild is not null)
            {
                Signal(wild);
                break;
            }
        }

        return all.ToArray();
    });

    private static void Signal(ManualResetEventSlim signal)
    {
        try
        {
            signal.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits for it any more.
        }
    }

    private static TimeSpan Left(long until) => TimeSpan.FromSeconds(Math.Max(0, (until - Stopwatch.GetTimestamp()) / (double)Stopwatch.Frequency));
}
