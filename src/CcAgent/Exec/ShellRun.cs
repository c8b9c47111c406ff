using System.Diagnostics;
using CcConsole.Core;

namespace CcAgent.Exec;

/// <summary>What a script on this host answered.</summary>
internal readonly record struct ShellResult(int ExitCode, byte[] Output, byte[] Error);

/// <summary>Runs the host scripts of the crontab code by /bin/sh, as a login over SSH would.</summary>
internal static class ShellRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Not the pool's: all of these wait, and the pool gives no more threads than there are processors for half a second.</summary>
    private static readonly TaskFactory Threads = new(CancellationToken.None, TaskCreationOptions.LongRunning, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <param name="command">A command line for a login shell.</param>
    /// <param name="input">Standard input, given whole and then closed.</param>
    /// <exception cref="ProblemException">It could not be started, or did not end within a minute.</exception>
    internal static ShellResult Run(string command, ReadOnlyMemory<byte> input)
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
            var output = Read(process.StandardOutput.BaseStream);
            var error = Read(process.StandardError.BaseStream);
            var writing = Threads.StartNew(() => Write(process.StandardInput.BaseStream, input));
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                throw new ProblemException("crontab did not answer within a minute", "see on the host what holds it up");
            }

            writing.Wait();
            return new ShellResult(process.ExitCode, output.Result, error.Result);
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

    private static Task<byte[]> Read(Stream stream) => Threads.StartNew(() =>
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    });
}
