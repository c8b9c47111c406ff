using System.Security.Cryptography;
using CcConsole.Core;
using Xunit;

namespace CcConsole.Ssh.Tests.Commands;

public sealed class LocalShellTests : IAsyncDisposable
{
    private readonly LocalShell _shell = new();

    public ValueTask DisposeAsync() => _shell.DisposeAsync();

    [Fact]
    public async Task Bytes_pass_through_unchanged()
    {
        byte[] input = RandomNumberGenerator.GetBytes(3 << 20);

        Assert.True((await _shell.RunAsync("cat", input)).Output.Span.SequenceEqual(input));
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", 137)]
    public async Task An_exit_code_is_as_a_shell_counts_it(string command, int expected) =>
        Assert.Equal(expected, (await _shell.RunAsync(command)).ExitCode);

    [Fact]
    public async Task Environment_and_directory_are_those_given()
    {
        await using LocalShell shell = new("demo", new Dictionary<string, string?> { ["CC_X"] = "y", ["HOME"] = null }, "/usr");

        Assert.Equal("y - /usr\n", (await shell.RunAsync("echo $CC_X ${HOME:--} $(pwd)")).OutputText);
    }

    [Fact]
    public async Task A_timeout_ends_the_command_and_what_it_started()
    {
        // A time that no other sleeps, by which it is found.
        string time = $"4716.{RandomNumberGenerator.GetInt32(1_000_000_000)}";

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => _shell.RunAsync(
            $"(sleep {time}; true) & wait", options: new CommandOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal(HostProblemKind.CommandTimeout, problem.Kind);
        for (int i = 0; i < 1200 && await IsRunningAsync(); i++)
        {
            await Task.Delay(50);
        }

        Assert.False(await IsRunningAsync());

        async Task<bool> IsRunningAsync() => (await _shell.RunAsync("ps -eo args=")).OutputText.Split('\n').Contains($"sleep {time}");
    }

    [Fact]
    public async Task The_last_bytes_of_standard_error_are_kept()
    {
        CommandResult result = await _shell.RunAsync(
            "yes | head -c 100000 >&2; echo last >&2", options: new CommandOptions { ErrorLimit = 1000 });

        Assert.True(result.ErrorCut);
        Assert.Equal(1000, result.Error.Length);
        Assert.Equal("last", result.ErrorLine);
    }

    [Fact]
    public async Task A_stream_that_is_disposed_ends_its_command()
    {
        ICommandStream stream = await _shell.OpenAsync("echo up; exec sleep 60");
        byte[] up = new byte[3];
        await stream.Output.ReadExactlyAsync(up);
        Task<int> exit = stream.Exit;

        await stream.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exit);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_a_problem_in_words()
    {
        await using LocalShell shell = new("demo", null, "/nonexistent");

        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => shell.RunAsync("true"));

        Assert.Contains("/nonexistent", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_with_a_NUL_is_refused() =>
        await Assert.ThrowsAsync<ProblemException>(() => _shell.RunAsync("echo a\0b"));
}
