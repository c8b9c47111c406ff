using CcConsole.Ssh;

namespace CcConsole.Fleet.Tests;

/// <summary>A real shell whose connection is cut at a chosen moment.</summary>
internal sealed class FaultyShell(IHostShell inner) : IHostShell
{
    /// <summary>Decides before a command is run; a result other than null is thrown instead.</summary>
    public Func<string, ReadOnlyMemory<byte>, HostProblemException?> Before { get; set; } = (_, _) => null;

    /// <summary>Decides after a command has run: its result is then lost.</summary>
    public Func<string, ReadOnlyMemory<byte>, HostProblemException?> After { get; set; } = (_, _) => null;

    public string Host => inner.Host;

    public static HostProblemException Lost(string host) => new(host, HostProblemKind.ConnectionLost, $"{host}: the connection was lost", "Try again.");

    public static HostProblemException Refused(string host) => new(host, HostProblemKind.ConnectionRefused, $"{host} refuses connections", "Is sshd running there?");

    public async Task<CommandResult> RunAsync(string command, ReadOnlyMemory<byte> input = default, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        if (Before(command, input) is { } before)
        {
            throw before;
        }

        CommandResult result = await inner.RunAsync(command, input, options, cancellation);
        return After(command, input) is { } after ? throw after : result;
    }

    /// <summary>The stream that was opened last: disposing it cuts the session.</summary>
    public ICommandStream? LastStream { get; private set; }

    public async Task<ICommandStream> OpenAsync(string command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        Before(command, default) is { } before ? throw before : LastStream = await inner.OpenAsync(command, options, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
