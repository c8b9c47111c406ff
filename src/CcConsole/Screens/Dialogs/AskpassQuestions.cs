using CcConsole.Ssh;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// ssh's questions as popups, one at a time and never in front of another popup: what is typed into one must not land in the next.
/// </summary>
internal static class AskpassQuestions
{
    /// <summary>Asks the person. From any thread.</summary>
    /// <returns>The answer; null when there is none, or ssh is gone meanwhile.</returns>
    public static Task<string?> AskAsync(Shell shell, AskpassPrompt prompt, CancellationToken gone)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        shell.Application.Post(async () => answer.SetResult(await AskHereAsync(shell, prompt, gone)));
        return answer.Task;
    }

    private static async Task<string?> AskHereAsync(Shell shell, AskpassPrompt prompt, CancellationToken gone)
    {
        if (gone.IsCancellationRequested)
            return null;
        var question = Make(prompt);
        using var end = gone.Register(() => shell.Application.Post(question.Cancel));
        var pressed = await shell.AskBehindAsync(question);
        return prompt.Kind switch
        {
            // The buttons that say no come first, so that a stray Enter trusts nothing.
            AskpassKind.HostKey => pressed == 2 ? prompt.Key?.Fingerprint : null,
            AskpassKind.Confirm => pressed == 2 ? "yes" : null,
            AskpassKind.Notice => pressed == 1 ? "" : null,
            _ => pressed == 1 ? question.Input!.Text : null,
        };
    }

    private static Question Make(AskpassPrompt prompt) => prompt.Kind switch
    {
        AskpassKind.HostKey => new Question($"Unknown host key of {prompt.Host}",
            $"Nobody has confirmed this key yet. Compare its fingerprint with the host's own:\n\n{prompt.Key?.Algorithm}\n{prompt.Key?.Fingerprint}\n\nssh says: {prompt.Text}",
            "Do not connect", "It is the right one"),
        AskpassKind.Confirm => new Question($"ssh asks about {prompt.Host}", prompt.Text, "No", "Yes"),
        AskpassKind.Notice => new Question($"ssh says of {prompt.Host}", prompt.Text, "Close"),
        AskpassKind.Passphrase => Secret($"Passphrase for {prompt.Host}", prompt.KeyFile is { } file ? $"The key {file} is locked." : prompt.Text),
        AskpassKind.Password => Secret($"Password for {prompt.Host}", prompt.Text),
        // The question itself is the host's text: said so, since it could pretend to be anything.
        _ => Secret($"{prompt.Host} asks", $"The host's own words:\n\n{prompt.Text}"),
    };

    private static Question Secret(string title, string text) => new(title, text, new TextInput { Secret = true }, null, "Answer", "Give up");
}
