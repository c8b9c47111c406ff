using System.Globalization;

namespace CcConsole.Ssh;

/// <summary>What ssh_config makes of a host, as <c>ssh -G</c> prints it.</summary>
/// <param name="HostName">The name that is connected to.</param>
/// <param name="User">The account.</param>
/// <param name="Port">The port.</param>
/// <param name="ProxyJump">The jump hosts; empty for none.</param>
/// <param name="StrictHostKeyChecking">As printed: <c>ask</c>, <c>true</c>, <c>accept-new</c>, <c>false</c>.</param>
public sealed record SshHostConfig(string HostName, string User, int Port, string ProxyJump, string StrictHostKeyChecking)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>False when the person wants unknown hosts refused without a question.</summary>
    internal bool AsksForHostKeys => StrictHostKeyChecking is not ("true" or "yes");

    /// <summary>Asks ssh. It runs no connection, but what Match exec in the configuration says.</summary>
    /// <exception cref="HostProblemException">The configuration has an error, or there is no client.</exception>
    public static async Task<SshHostConfig> ResolveAsync(
        string host, SshOptions options, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        HostProblemException Failed(string log) => ClientFailure.Describe(host, new ClientLog(log, ""));

        ClientProcess client = new(Ssh.HostName.Check(host), options.Executable);
        var answer = await client.RunAsync(
            ClientArguments.Effective(host, options), Limit, time ?? TimeProvider.System, cancellation).ConfigureAwait(false);
        if (answer is not { Exit: 0, Output: string text })
            throw Failed(answer?.Error ?? "reading the configuration timed out");
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (line.IndexOf(' ', StringComparison.Ordinal) is > 0 and int space)
                values.TryAdd(line[..space], Plain.Text(line[(space + 1)..]));
        }
        string Value(string name) => values.GetValueOrDefault(name, "");
        return new SshHostConfig(
            Value("hostname"), Value("user"),
            int.TryParse(Value("port"), NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 22,
            Value("proxyjump"), Value("stricthostkeychecking"));
    }
}
