using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class CommandWrapperTests
{
    private static readonly string[] Alphabet = ["\\", "\\", "'", "'", "%", "%", "\"", "$", "`", ";", "|", "&", " ", "a", "é", "✓", "#", "~", "*", "!", "=", "\t", "(", "\u00ff"];

    [Theory]
    [InlineData("date +%F", @"/a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c 'date +\%F'")]
    [InlineData("echo 'x'", @"/a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c 'echo '\''x'\'''")]
    [InlineData(@"a\\b", @"/a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c 'a\''\b'")]
    [InlineData(@"a\%b", @"/a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c 'a\''\%b'")]
    [InlineData(@"\", @"/a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c '\'")]
    [InlineData("", @"/a/cc-agent exec --job-id 'j' --socket-path '/s' -- /bin/sh -c ''")]
    public void A_command_is_written_as_the_format_says(string command, string line) =>
        Assert.Equal(line, Encoding.UTF8.GetString(CommandWrapper.Wrap(Wrapped(command))));

    [Fact]
    public void Unwrapping_gives_back_ten_thousand_random_commands_under_either_daemon()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var command = RandomCommand(random);
            var wrapped = Wrapped(command) with
            {
                JobId = RandomCommand(random),
                SocketPath = random.Next(2) == 0 ? null : RandomCommand(random),
                Flags = ["--timeout", RandomCommand(random) + "x"],
                RawInput = random.Next(4) == 0 ? Encoding.UTF8.GetBytes(RandomCommand(random)) : null,
            };
            var line = CommandWrapper.Wrap(wrapped);
            foreach (var dialect in new[] { CronDialect.Debian, CronDialect.Cronie })
            {
                var back = CommandWrapper.Unwrap(line, dialect);
                Assert.NotNull(back);
                Assert.Equal(command, back.CommandText);
                Assert.Equal((wrapped.JobId, wrapped.SocketPath), (back.JobId, back.SocketPath));
                Assert.Equal(wrapped.Flags, back.Flags);
                Assert.Equal(wrapped.RawInput, back.RawInput);
                Assert.False(back.IsCutAtPercent);
            }
        }
    }

    [Theory]
    [InlineData("* * * * * /a/cc-agent exec --job-id 'j' -- /bin/sh -c 'x y'", "x y")]
    [InlineData("@daily root /a/cc-agent exec --job-id 'j' -- /bin/sh -c 'x y'", "x y")]
    [InlineData("#cc-paused * * * * * /a/cc-agent exec --job-id 'j' -- /bin/sh -c 'x y'", "x y")]
    [InlineData("0 5 * * * other exec --job-id j --socket-path \"/tmp/s\" -- /bin/sh -c 'echo '\\''hi'\\'''", "echo 'hi'")]
    [InlineData("0 5 * * * other exec --job-id=j -- /bin/bash -c 'x'", "x")]
    public void A_whole_line_is_unwrapped(string line, string command) =>
        Assert.Equal(command, CommandWrapper.Unwrap(line)!.CommandText);

    [Fact]
    public void A_line_that_another_wrapper_left_open_at_a_percent_sign_is_read_as_meant_and_said_to_be_cut()
    {
        var wrapped = CommandWrapper.Unwrap("other exec --job-id 'j' -- /bin/sh -c 'date +%F'")!;
        Assert.Equal("date +%F", wrapped.CommandText);
        Assert.True(wrapped.IsCutAtPercent);
    }

    [Theory]
    [InlineData("echo hello")]
    [InlineData("/a/cc-agent exec --job-id 'j' -- /bin/sh -c 'x'; rm y")]
    [InlineData("/a/cc-agent exec --job-id $X -- /bin/sh -c 'x'")]
    [InlineData("/a/cc-agent exec --job-id 'j' -- /bin/sh -c 'x' y")]
    [InlineData("/a/cc-agent exec -- /bin/sh -c 'x'")]
    [InlineData("/a/cc-agent exec --job-id 'j' -- /bin/sh -c \"$x\"")]
    [InlineData("X=1 exec --job-id 'j' -- /bin/sh -c 'x'")]
    [InlineData("/a/cc-agent exec --job-id 'j' -- /bin/sh -c 'x' > /dev/null")]
    [InlineData("")]
    public void A_foreign_line_is_not_guessed_at(string line) => Assert.Null(CommandWrapper.Unwrap(line));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void What_a_line_cannot_hold_is_refused(string command) =>
        Assert.Throws<ProblemException>(() => CommandWrapper.Wrap(Wrapped(command)));

    [Theory]
    [InlineData("--")]
    [InlineData("--job-id")]
    [InlineData("--socket-path=/tmp/other")]
    public void A_flag_that_would_change_what_the_line_says_is_refused(string flag) =>
        Assert.Throws<ProblemException>(() => CommandWrapper.Wrap(Wrapped("x") with { Flags = ["--timeout", "5m", flag] }));

    [Fact]
    public void A_path_that_could_not_be_read_back_is_refused() =>
        Assert.Throws<ProblemException>(() => CommandWrapper.Wrap(Wrapped("x") with { AgentPath = "/opt/a=b/cc-agent" }));

    internal static string RandomCommand(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(24); n > 0; n--)
        {
            text.Append(Alphabet[random.Next(Alphabet.Length)]);
        }

        return text.ToString();
    }

    internal static WrappedCommand Wrapped(string command) => new("/a/cc-agent", "j", "/s", [], command);
}
