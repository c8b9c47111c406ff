using System.Globalization;

namespace CcConsole.Ssh;

/// <summary>Runs a started command to its end within its limits.</summary>
internal static class CommandRun
{
    /// <exception cref="HostProblemException">A limit was met; the command has been ended.</exception>
    internal static async Task<CommandResult> ToEndAsync(
        RunningCommand command,
        string host,
        ReadOnlyMemory<byte> input,
        CommandOptions options,
        TimeProvider time,
        CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = new(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        Task feeding = FeedAsync(command.Process.Input, input);
        Task<ReadOnlyMemory<byte>?> reading = ByteCollector.ReadAsync(command.Process.Output, options.OutputLimit);
        try
        {
            if (await reading.WaitAsync(either.Token).ConfigureAwait(false) is not { } output)
            {
                await command.EndAsync().ConfigureAwait(false);
                throw new HostProblemException(
                    host, HostProblemKind.OutputTooLarge,
                    $"A command on {host} wrote more than {options.OutputLimit.ToString(CultureInfo.InvariantCulture)} bytes and was ended",
                    "Run it on the host itself, with its output in a file.");
            }
            int exit = await command.Process.Exit.WaitAsync(either.Token).ConfigureAwait(false);
            await command.ErrorRead.WaitAsync(either.Token).ConfigureAwait(false);
            await feeding.WaitAsync(either.Token).ConfigureAwait(false);
            return new CommandResult(exit, output, command.Error.ToArray(), command.Error.Cut);
        }
        catch (OperationCanceledException)
        {
            await command.EndAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            string seconds = options.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new HostProblemException(
                host, HostProblemKind.CommandTimeout, $"A command on {host} took longer than {seconds} s and was ended",
                "The host answers but is slow: look at its load, or allow the command more time.");
        }
    }

    private static async Task FeedAsync(Stream stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            await stream.WriteAsync(input).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The command ended without reading all of it, which is its right: its exit code tells how it went.
        }
    }
}
