using CcConsole.Core;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Ssh.Tests.Client;

public sealed class ShellQuoteTests
{
    private const string Hard = "a'b\"c\\d!e$f`g%h\ni\tj;k|l&m*n?o#p~q^r{s}(t) äß€😀 !! \\n '\\'' ";

    /// <summary>sh and bash are everywhere; csh and fish where they are installed.</summary>
    public static TheoryData<string> Shells() =>
        [.. new[] { "sh", "bash", "csh", "tcsh", "fish", "zsh", "ksh" }.Where(shell => Executables.Find(shell) is not null)];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_command_means_the_same_whatever_the_login_shell_is(string shell)
    {
        RemoteCommand remote = RemoteCommand.Create($"printf %s {ShellQuote.Posix(Hard)}; exit 3", verbatim: false);
        await using LocalShell local = new();

        CommandResult result = await local.RunAsync($"exec {shell} -c {ShellQuote.Posix(remote.Text)}");

        Assert.Equal(Hard, result.OutputText);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task Random_commands_survive()
    {
        string[] pieces = [.. Hard.Select(c => c.ToString()).Where(c => !char.IsSurrogate(c[0])), "\u0001", "\r", "\u007f", "😀"];
        Gen<string> texts = Gen.ArrayOf(Gen.Elements(pieces)).Select(parts => string.Concat(parts));
        await using LocalShell local = new();
        foreach (string text in texts.Sample(60, 40))
        {
            RemoteCommand remote = RemoteCommand.Create($"printf %s {ShellQuote.Posix(text)}", verbatim: false);
            Assert.Equal(text, (await local.RunAsync(remote.Text)).OutputText);
        }
    }

    [Theory]
    [InlineData("-oProxyCommand=x")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("$(id)")]
    public void What_is_no_host_is_refused(string host) =>
        Assert.Throws<Core.ProblemException>(() => new OpenSshShell(host, new SshOptions("/tmp/x")));
}
