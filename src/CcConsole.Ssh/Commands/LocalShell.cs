using System.ComponentModel;
using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>This machine as a host: <c>/bin/sh -c</c>, without ssh.</summary>
/// <param name="host">What the person calls it.</param>
/// <param name="environment">Set on top of ours; null as a value removes a variable.</param>
/// <param name="directory">Working directory of the commands; null for ours.</param>
/// <param name="time">The clock of the limits.</param>
public sealed class LocalShell(
    string host = "localhost",
    IReadOnlyDictionary<string, string?>? environment = null,
    string? directory = null,
    TimeProvider? time = null) : IHostShell
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public string Host => host;

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(
        string command,
        ReadOnlyMemory<byte> input = default,
        CommandOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= CommandOptions.Default;
        cancellation.ThrowIfCancellationRequested();
        RunningCommand running = Start(command, options);
        await using (running.ConfigureAwait(false))
            return await CommandRun.ToEndAsync(running, host, input, options, _time, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ICommandStream> OpenAsync(
        string command, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        RunningCommand running = Start(command, options ?? CommandOptions.Default);
        return Task.FromResult<ICommandStream>(new CommandStream(running, Task.FromResult));
    }

    /// <summary>Nothing is kept open between commands.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RunningCommand Start(string command, CommandOptions options)
    {
        RemoteCommand.Check(command);
        try
        {
            var process = ChildProcess.Start("/bin/sh", ["-c", command], environment ?? EmptyEnvironment, directory ?? "");
            return new RunningCommand(process, new ErrorTail(options.ErrorLimit, mark: null, options.StreamError), _time);
        }
        catch (Win32Exception e)
        {
            throw new ProblemException(
                $"A command on {host} could not be started: {Plain.Text(e.Message)}",
                directory is null ? "Check that /bin/sh is there." : $"Check that /bin/sh and the directory {directory} are there.", e);
        }
    }

    private static readonly Dictionary<string, string?> EmptyEnvironment = [];
}
