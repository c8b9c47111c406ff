using CcConsole.Screens;
using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class AskpassQuestionsTests : IAsyncDisposable
{
    private static readonly AskpassPrompt KeyPrompt = new("web01", AskpassKind.HostKey, "The authenticity of host …", new HostKey("ED25519", "SHA256:abc"));
    private static readonly AskpassPrompt PasswordPrompt = new("web01", AskpassKind.Password, "alice@web01's password:");

    private readonly ScreenFleet _fleet = new();

    public AskpassQuestionsTests() => _fleet.Host("web01");

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_host_key_is_accepted_only_by_the_second_button_and_by_its_fingerprint()
    {
        var screen = _fleet.Start();
        var answer = AskpassQuestions.AskAsync(_fleet.Shell!, KeyPrompt, default);
        Assert.Contains("SHA256:abc", screen.Settle().Text);
        screen.Press("Right", "Enter").Settle();
        Assert.Equal("SHA256:abc", await answer);
    }

    [Fact]
    public async Task A_stray_enter_trusts_no_key()
    {
        var screen = _fleet.Start();
        var answer = AskpassQuestions.AskAsync(_fleet.Shell!, KeyPrompt, default);
        screen.Settle().Press("Enter").Settle();
        Assert.Null(await answer);
    }

    [Fact]
    public async Task A_password_is_not_shown()
    {
        var screen = _fleet.Start();
        var answer = AskpassQuestions.AskAsync(_fleet.Shell!, PasswordPrompt, default);
        screen.Settle().Type("hunter2");
        Assert.DoesNotContain("hunter2", screen.Terminal.Sent.ToString());
        Assert.Contains("*******", screen.Text);
        screen.Press("Enter").Settle();
        Assert.Equal("hunter2", await answer);
    }

    [Fact]
    public async Task A_question_waits_behind_what_is_asked_already()
    {
        var screen = _fleet.Start().Press("a").Type("ho");
        var answer = AskpassQuestions.AskAsync(_fleet.Shell!, PasswordPrompt, default);
        screen.Settle().Type("st");
        Assert.Contains("host", screen.Text);
        screen.Press("Esc").Settle().Type("secret").Press("Enter").Settle();
        Assert.Equal("secret", await answer);
    }

    [Fact]
    public async Task When_ssh_is_gone_so_is_its_question()
    {
        var screen = _fleet.Start();
        using var gone = new CancellationTokenSource();
        var answer = AskpassQuestions.AskAsync(_fleet.Shell!, PasswordPrompt, gone.Token);
        Assert.Contains("Password for web01", screen.Settle().Text);
        await gone.CancelAsync();
        Assert.DoesNotContain("Password for web01", screen.Settle().Settle().Text);
        Assert.Null(await answer);
    }
}
