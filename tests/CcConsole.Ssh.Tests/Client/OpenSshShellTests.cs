using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using CcConsole.TestSupport;
using Xunit;

namespace CcConsole.Ssh.Tests.Client;

public sealed class OpenSshShellTests : IAsyncLifetime
{
    private SshServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SshServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private OpenSshShell Shell(Func<SshOptions, SshOptions>? change = null)
    {
        SshOptions options = new(_server.ControlDirectory) { ConfigFile = _server.ConfigFile };
        return new OpenSshShell(SshServer.Alias, change is null ? options : change(options));
    }

    [Fact]
    public async Task Ten_megabytes_of_any_bytes_pass_through_unchanged()
    {
        await using OpenSshShell shell = Shell();
        byte[] input = RandomNumberGenerator.GetBytes(10 << 20);

        CommandResult result = await shell.RunAsync("cat", input);

        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Output.Span.SequenceEqual(input));
        Assert.Equal(0, result.Error.Length);
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", 255)]
    public async Task An_exit_code_is_the_commands_own(string command, int expected)
    {
        await using OpenSshShell shell = Shell();

        CommandResult result = await shell.RunAsync($"echo out; echo err >&2; {command}");

        Assert.Equal(expected, result.ExitCode);
        Assert.Equal("out\n", result.OutputText);
        Assert.Equal("err\n", Encoding.UTF8.GetString(result.Error.Span));
    }

    [Fact]
    public async Task A_command_that_does_not_read_its_input_is_served()
    {
        await using OpenSshShell shell = Shell();

        CommandResult result = await shell.RunAsync("echo done", new byte[4 << 20]);

        Assert.Equal("done\n", result.OutputText);
    }

    [Fact]
    public async Task All_commands_share_one_login()
    {
        await using OpenSshShell shell = Shell();

        CommandResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => shell.RunAsync($"sleep 0.2; echo {i}")));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}\n"), results.Select(result => result.OutputText));
        Assert.Equal(1, await _server.LoginsAsync());
    }

    [Fact]
    public async Task An_idle_connection_closes_by_itself_and_the_next_command_opens_a_new_one()
    {
        await using OpenSshShell shell = Shell(options => options with { IdleTimeout = TimeSpan.FromSeconds(10) });

        await shell.RunAsync("true");
        await UntilAsync(() => Task.FromResult(Directory.GetFiles(_server.ControlDirectory).Length == 0));
        Assert.Equal(1, await _server.LoginsAsync());
        CommandResult again = await shell.RunAsync("echo again");

        Assert.Equal("again\n", again.OutputText);
        Assert.Equal(2, await _server.LoginsAsync());
    }

    [Fact]
    public async Task Disposing_closes_the_connection()
    {
        OpenSshShell shell = Shell();
        await shell.RunAsync("true");

        await shell.DisposeAsync();

        Assert.Empty(Directory.GetFiles(_server.ControlDirectory));
        await UntilAsync(async () => (await _server.ProcessesAsync("sshd")).Length == 0);
    }

    [Fact]
    public async Task A_stream_that_is_disposed_ends_its_command_before_that_sees_the_end_of_its_input()
    {
        await using OpenSshShell shell = Shell();
        string committed = Path.Combine(_server.Home, "committed");

        // As crontab - does: takes what came until the end of input for the whole.
        await using (ICommandStream stream = await shell.OpenAsync($"cat >/dev/null; touch {committed}"))
        {
            await stream.Input.WriteAsync("half"u8.ToArray());
            await stream.Input.FlushAsync();
            await UntilAsync(async () => (await _server.ProcessesAsync("cat")).Length > 0);
        }

        await UntilAsync(async () => (await _server.ProcessesAsync("cat")).Length == 0);
        Assert.False(File.Exists(committed));
    }

    [Fact]
    public async Task A_cancelled_command_does_not_live_on()
    {
        await using OpenSshShell shell = Shell();
        using CancellationTokenSource cancel = new();
        Task<CommandResult> run = shell.RunAsync("sleep 4712", cancellation: cancel.Token);
        await UntilAsync(async () => (await _server.ProcessesAsync("sleep 4712")).Length > 0);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        // It has been sent its end; when it comes to it is the host's affair.
        await UntilAsync(async () => (await _server.ProcessesAsync("sleep 4712")).Length == 0);
    }

    [Fact]
    public async Task A_command_that_ignores_TERM_is_killed_after_its_time()
    {
        await using OpenSshShell shell = Shell();

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync(
            "trap '' TERM; while :; do sleep 4713; done", options: new CommandOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal(HostProblemKind.CommandTimeout, problem.Kind);
        Assert.True(problem.MayHaveRun);
        Assert.Contains("longer than 1 s", problem.Message, StringComparison.Ordinal);
        await UntilAsync(async () => (await _server.ProcessesAsync("4713")).Length == 0);
    }

    [Fact]
    public async Task Too_much_output_is_an_error_and_ends_the_command()
    {
        await using OpenSshShell shell = Shell();

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync(
            "yes 4714", options: new CommandOptions { OutputLimit = 100_000 }));

        Assert.Equal(HostProblemKind.OutputTooLarge, problem.Kind);
        await UntilAsync(async () => (await _server.ProcessesAsync("yes 4714")).Length == 0);
    }

    [Fact]
    public async Task A_connection_that_is_cut_under_a_command_is_told_from_its_exit_code()
    {
        await using OpenSshShell shell = Shell();
        Task<CommandResult> run = shell.RunAsync("sleep 4715");
        await UntilAsync(async () => (await _server.ProcessesAsync("sleep 4715")).Length > 0);

        await _server.CutAsync();

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => run);
        Assert.Equal(HostProblemKind.ConnectionLost, problem.Kind);
        Assert.True(problem.MayHaveRun);
        Assert.Equal("back\n", (await shell.RunAsync("echo back")).OutputText);
    }

    [Fact]
    public async Task A_master_that_was_killed_is_replaced()
    {
        await using OpenSshShell shell = Shell();
        await shell.RunAsync("true");
        string socket = Assert.Single(Directory.GetFiles(_server.ControlDirectory));
        string found = await SshServer.RunAsync("pgrep", "-f", socket);
        using (var master = Process.GetProcessById(int.Parse(found.Trim(), System.Globalization.CultureInfo.InvariantCulture)))
            master.Kill();

        CommandResult result = await shell.RunAsync("echo again");

        Assert.Equal("again\n", result.OutputText);
        Assert.Equal(2, await _server.LoginsAsync());
    }

    [Fact]
    public async Task A_stream_answers_while_it_is_open()
    {
        await using OpenSshShell shell = Shell();
        await using ICommandStream stream = await shell.OpenAsync("while read -r line; do echo \"got $line\"; done; exit 7");
        using StreamReader reader = new(stream.Output);

        for (int i = 0; i < 3; i++)
        {
            await stream.Input.WriteAsync(Encoding.UTF8.GetBytes($"{i}\n"));
            await stream.Input.FlushAsync();
            Assert.Equal($"got {i}", await reader.ReadLineAsync());
        }
        await stream.Input.DisposeAsync();

        Assert.Equal(7, await stream.Exit.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Both_streams_of_a_command_come_apart_and_whole_when_they_are_read()
    {
        await using OpenSshShell shell = Shell();
        await using ICommandStream stream = await shell.OpenAsync(
            "head -c 3000000 /dev/zero | tr '\\0' e >&2; head -c 3000000 /dev/zero | tr '\\0' o; exit 7", new CommandOptions { StreamError = true });
        await Task.Delay(200);
        Assert.False(stream.Exit.IsCompleted);
        using MemoryStream output = new(), error = new();
        await Task.WhenAll(stream.Output.CopyToAsync(output), stream.ErrorStream!.CopyToAsync(error));

        Assert.Equal(7, await stream.Exit);
        Assert.Equal((3_000_000, 3_000_000), (output.Length, error.Length));
        Assert.False(output.ToArray().AsSpan().ContainsAnyExcept((byte)'o'));
        Assert.False(error.ToArray().AsSpan().ContainsAnyExcept((byte)'e'));
    }

    [Fact]
    public async Task A_stream_whose_standard_error_nobody_reads_can_be_disposed()
    {
        await using OpenSshShell shell = Shell();
        ICommandStream stream = await shell.OpenAsync("yes >&2", new CommandOptions { StreamError = true });
        await Task.Delay(200);

        await stream.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_stream_on_a_connection_that_is_cut_ends_with_the_cause()
    {
        await using OpenSshShell shell = Shell();
        await using ICommandStream stream = await shell.OpenAsync("cat");

        await _server.CutAsync();

        Assert.Equal(0, await stream.Output.ReadAsync(new byte[1]));
        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => stream.Exit);
        Assert.Equal(HostProblemKind.ConnectionLost, problem.Kind);
    }

    [Fact]
    public async Task The_host_key_of_the_connection_is_known_afterwards()
    {
        await using OpenSshShell shell = Shell();

        HostKey? key = await shell.ConnectAsync();

        Assert.Equal(new HostKey("ssh-ed25519", await SshServer.FingerprintAsync(_server.HostKey + ".pub")), key);
    }

    [Fact]
    public async Task Output_of_the_ssh_client_never_reaches_a_terminal_and_nothing_is_left_behind()
    {
        await using (OpenSshShell shell = Shell())
            Assert.Equal("no terminal\n", (await shell.RunAsync("tty >/dev/null || echo no terminal")).OutputText);

        Assert.Empty(Directory.GetFiles(_server.ControlDirectory));
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 1200; i++)
        {
            if (await condition())
                return;
            await Task.Delay(50);
        }
        Assert.Fail("It did not happen within 60 seconds.");
    }
}
