using System.ComponentModel;
using System.Text;

namespace CcConsole.Ssh;

/// <summary>Starts the ssh client: never asks on a terminal, speaks English.</summary>
/// <param name="host">The host, for messages.</param>
/// <param name="executable">The client: a path or a name.</param>
internal sealed class ClientProcess(string host, string executable)
{
    private static readonly KeyValuePair<string, string?>[] NoQuestions =
    [
        // Jump hosts have clients of their own, which BatchMode does not reach: they find an askpass that declines.
        new("SSH_ASKPASS", "/bin/false"),
        new("SSH_ASKPASS_REQUIRE", "force"),
    ];

    private static readonly KeyValuePair<string, string?>[] Always =
    [
        new("LC_ALL", "C"),
        new("LANGUAGE", null),
        // A client older than 8.4 uses the askpass only with a DISPLAY.
        new("DISPLAY", Environment.GetEnvironmentVariable("DISPLAY") ?? ":0"),
    ];

    // The proxy command of a session client is written for sh; ssh hands it to $SHELL.
    private static readonly KeyValuePair<string, string?>[] PlainShell = [new("SHELL", "/bin/sh")];

    /// <summary>A client that may ask: through the askpass server, or not at all.</summary>
    /// <exception cref="HostProblemException">There is no client.</exception>
    internal ChildProcess Start(List<string> arguments, AskpassServer.Asker? asker) =>
        StartWith(arguments, [.. Always, .. asker?.Environment ?? NoQuestions]);

    /// <summary>A client for one command over the master.</summary>
    /// <exception cref="HostProblemException">There is no client.</exception>
    internal ChildProcess StartSession(List<string> arguments) =>
        StartWith(arguments, [.. Always, .. NoQuestions, .. PlainShell]);

    /// <summary>Runs a client to its end, without input; null when it took longer than the limit.</summary>
    /// <exception cref="HostProblemException">There is no client.</exception>
    internal async Task<(int Exit, string Output, string Error)?> RunAsync(
        List<string> arguments, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        const int OutputLimit = 1 << 20;
        using ChildProcess process = StartSession(arguments);
        await process.Input.DisposeAsync().ConfigureAwait(false);
        ErrorTail error = new(64 << 10, mark: null);
        Task<ReadOnlyMemory<byte>?> output = ByteCollector.ReadAsync(process.Output, OutputLimit);
        Task errors = error.ReadAsync(process.Error);
        try
        {
            int exit = await process.Exit.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
            await errors.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
            ReadOnlyMemory<byte>? text = await output.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
            return (exit, Encoding.UTF8.GetString(text.GetValueOrDefault().Span), Encoding.UTF8.GetString(error.ToArray()));
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            process.Kill();
        }
    }

    private ChildProcess StartWith(List<string> arguments, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        string path = Executables.Find(executable) ?? throw Missing(null);
        try
        {
            return ChildProcess.Start(path, arguments, environment);
        }
        catch (Win32Exception e)
        {
            throw Missing(e);
        }
    }

    private HostProblemException Missing(Exception? cause) => new(
        host, HostProblemKind.ClientMissing, $"There is no ssh client at '{Plain.Text(executable)}' to reach {host} with",
        "Install OpenSSH's client (Debian: apt-get install openssh-client).", cause);
}
