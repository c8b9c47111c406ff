using Xunit;

namespace CcConsole.Ssh.Tests.Askpass;

public sealed class AskpassTextTests
{
    [Theory]
    [InlineData("Enter passphrase for key '/home/me/.ssh/id_ed25519': ", "", AskpassKind.Passphrase)]
    [InlineData("me@web01's password: ", "", AskpassKind.Password)]
    [InlineData("(me@web01) Password: ", "", AskpassKind.Password)]
    [InlineData("(me@web01) Verification code: ", "", AskpassKind.Other)]
    [InlineData("(me@web01) Enter passphrase for key '/home/me/.ssh/id': ", "", AskpassKind.Other)]
    [InlineData("Allow use of key id_ed25519?", "confirm", AskpassKind.Confirm)]
    [InlineData("Are you sure (yes/no)? ", "", AskpassKind.Confirm)]
    [InlineData("Confirm user presence for key ED25519-SK", "none", AskpassKind.Notice)]
    public void A_question_is_recognised(string text, string form, AskpassKind kind) =>
        Assert.Equal(kind, AskpassText.Read("web01", text, form).Kind);

    [Fact]
    public void Control_characters_of_a_question_are_made_visible() =>
        Assert.Equal("(me@web01) ␛[2Jcode:", AskpassText.Read("web01", "(me@web01) \u001b[2Jcode: ", "").Text);
}
