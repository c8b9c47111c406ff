using System.Diagnostics;
using System.Text;

namespace EndToEnd.Harness;

/// <summary>An agent's daemon that was just started.</summary>
internal static class StartingDaemon
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until the daemon says that it is ready: its socket has a name before anyone is let in.</summary>
    /// <param name="daemon">Its process, whose standard error is read from here on.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not come so far and was ended: with what it said.</exception>
    public static async Task ReadyAsync(Process daemon)
    {
        StringBuilder said = new();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            while (await daemon.StandardError.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith("cc-agent: ready: ", StringComparison.Ordinal))
                {
                    // What it says later is taken off, so that it never waits for a reader.
                    _ = daemon.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                    return;
                }
                said.AppendLine(line);
            }
        }
        catch (OperationCanceledException)
        {
            said.AppendLine("and it is not ready within a minute");
        }
        daemon.Kill();
        throw new InvalidOperationException($"the agent's daemon does not run: {said}");
    }
}
