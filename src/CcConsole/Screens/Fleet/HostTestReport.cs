using CcConsole.Fleet.Hosts;

namespace CcConsole.Screens;

/// <summary>What a test of a host found; an unknown host key can be confirmed here, once its fingerprint has been seen.</summary>
internal static class HostTestReport
{
    /// <summary>Tells the result, and asks about the key where that is the question.</summary>
    public static async Task ShowAsync(Shell shell, HostTest test, CancellationToken stop)
    {
        if (test is { Kind: Ssh.HostProblemKind.HostKeyUnknown, Key: { } key } && shell.WhyReadOnly is null)
        {
            var name = test.Host.Name;
            var question = new Question($"Unknown host key of {name}",
                $"Nobody has confirmed this key yet. Compare its fingerprint with the host's own:\n\n{key.Algorithm}\n{key.Fingerprint}", "Back", "It is the right one");
            if (await shell.AskAsync(question) != 2)
                return;
            await shell.Fleet.Hosts.AcceptKeyAsync(name, key.Fingerprint, stop);
            shell.Toasts.Show($"{name}: the key is known now");
            return;
        }
        if (test.IsGood)
            shell.Toasts.Show($"{test.Host.Name} answers in {TimeText.Duration(test.Took)}: {test.Jobs} jobs, {test.Facts?.Daemon}, {Agent(test)}");
        else
            shell.Toasts.Fail(test.Problem!, test.Hint ?? "");
    }

    private static string Agent(HostTest test) =>
        test.AgentProblem ?? (test.Facts?.AgentVersion is { } version ? $"agent {version}" : "no agent");
}
