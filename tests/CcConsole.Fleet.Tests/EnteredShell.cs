using System.Globalization;
using CcConsole.Core;
using CcConsole.Ssh;
using CcConsole.Tests.Shared;

namespace CcConsole.Fleet.Tests;

/// <summary>A shell within the namespace of a <see cref="CronDaemon"/>, so that the machine's own tables are neither seen nor touched.</summary>
internal sealed class EnteredShell(IHostShell inner, CronDaemon cron) : IHostShell
{
    public string Host => inner.Host;

    public Task<CommandResult> RunAsync(string command, ReadOnlyMemory<byte> input = default, CommandOptions? options = null, CancellationToken cancellation = default) =>
        inner.RunAsync(Entered(command), input, options, cancellation);

    public Task<ICommandStream> OpenAsync(string command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        inner.OpenAsync(Entered(command), options, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private string Entered(string command) =>
        string.Create(CultureInfo.InvariantCulture, $"exec nsenter -t {cron.NamespacePid} -m -- /bin/sh -c {ShellQuote.Posix(command)}");
}
