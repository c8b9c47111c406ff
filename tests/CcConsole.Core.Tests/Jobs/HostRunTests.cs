using System.Diagnostics;
using System.Globalization;
using System.Text;
using CcConsole.Core.Jobs;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Jobs;

/// <summary>The scripts of a run by the real programs that become another user, in a namespace of their own.</summary>
public sealed class HostRunTests : IAsyncLifetime
{
    private const string Mark = "cc-run-test";

    private CronDaemon _cron = null!;
    private CronUser _admin = null!;
    private CronUser _worker = null!;

    public async ValueTask InitializeAsync()
    {
        _cron = await CronDaemon.CreateAsync();
        _admin = await _cron.AddUserAsync();
        _worker = await _cron.AddUserAsync();
        Assert.Equal(0, (await _cron.RunAsync(["groupadd", "workers-too"])).ExitCode);
        Assert.Equal(0, (await _cron.RunAsync(["usermod", "-a", "-G", "workers-too", _worker.Name])).ExitCode);
    }

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Theory]
    [InlineData("setpriv")]
    [InlineData("runuser")]
    [InlineData("su")]
    [InlineData("sudo")]
    public async Task The_session_becomes_the_user_with_all_its_groups(string by)
    {
        CronUser? session = null;
        string path = "/usr/bin:/bin:/usr/sbin:/sbin";
        if (by == "sudo")
        {
            session = _admin;
            await AllowSudoAsync();
        }
        else if (by != "setpriv")
        {
            // Where a program fails, the next one is taken: as on a host that has only an older or a smaller one.
            path = await WithoutAsync(by == "su" ? ["setpriv", "runuser"] : ["setpriv"]);
        }

        RunFacts facts = await FactsAsync(_worker.Name, session, path);
        Assert.Equal(by, facts.Become.ToString().ToLowerInvariant());
        CronResult result = await RunAsync(facts, "id -un; id -Gn; echo \"$LOGNAME $HOME $PWD\"; cat; echo bad >&2; exit 5", session, path, [(byte)'i', 0xff, (byte)'\n', (byte)'\n']);
        Assert.Equal($"{_worker.Name}\n{_worker.Name} workers-too\n{_worker.Name} {_worker.Home} {_worker.Home}\ni\xff\n\n", Encoding.Latin1.GetString(result.Output));
        Assert.Matches($"^{Mark} start [0-9]+\nbad\n{Mark} exit 5\n$", result.ErrorText);
        Assert.Equal(5, result.ExitCode);
    }

    [Fact]
    public async Task Who_may_not_become_the_user_is_told_why_and_what_to_do()
    {
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => FactsAsync(_worker.Name, _admin));
        Assert.Contains($"Not permitted to run a job as {_worker.Name}: sudo -n says", problem.Message, StringComparison.Ordinal);
        Assert.Contains("NOPASSWD", problem.Hint, StringComparison.Ordinal);
        problem = await Assert.ThrowsAsync<ProblemException>(() => FactsAsync("no-such-user", null));
        Assert.Contains("no user no-such-user", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sudo")]
    public async Task The_end_of_the_control_ends_the_command_with_children_that_ignore_TERM(string by)
    {
        CronUser session = by == "sudo" ? _admin : _worker;
        if (by == "sudo")
        {
            await AllowSudoAsync();
        }

        RunFacts facts = await FactsAsync(_worker.Name, session);
        using Process process = _cron.Start(["/bin/sh", "-c", HostRun.SessionCommand], session);
        byte[] input = HostRun.SessionInput(
            facts, CronStart.Of(facts, [], false), "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.2; done' & wait"u8, [], Mark);
        await process.StandardInput.BaseStream.WriteAsync(input);
        await process.StandardInput.BaseStream.FlushAsync();
        int child = int.Parse((await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)))!, CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{child}"));

        process.StandardInput.Close();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        for (int tries = 0; tries < 1200 && Lives(child); tries++)
        {
            await Task.Delay(50);
        }

        Assert.False(Lives(child));
    }

    [Fact]
    public async Task Every_byte_of_command_input_and_variables_arrives()
    {
        byte[] all = [.. Enumerable.Range(1, 255).Select(b => (byte)b)];
        RunFacts facts = await FactsAsync(null, _worker);
        CronStart start = CronStart.Of(facts, [new TableVariable("ALL"u8.ToArray(), all), new TableVariable("A B"u8.ToArray(), "c"u8.ToArray())], false);
        byte[] command = [.. "printf %s '"u8, .. all.Where(b => b != '\''), .. "' \"$ALL\"; grep -az '^A B=' /proc/$$/environ; cat"u8];
        CronResult result = await RunAsync(facts, command, start, _worker, null, all);
        Assert.Equal([.. all.Where(b => b != '\''), .. all, .. "A B=c\0"u8, .. all], result.Output);
    }

    [Theory]
    [InlineData("root", true)]
    [InlineData("worker", false)]
    public async Task Only_a_process_of_roots_is_taken_for_the_cron_daemon(string owner, bool taken)
    {
        string program = Path.Combine(_cron.Root, "daemon", "crond");
        Assert.Equal(0, (await _cron.RunAsync(["install", "-D", "-m", "755", "/bin/sleep", program])).ExitCode);
        using Process process = _cron.Start(["/bin/sh", "-c", "umask 0157; exec \"$1\" 60", "sh", program], owner == "root" ? null : _worker);
        try
        {
            string? running = null;
            for (int tries = 0; tries < 1200 && (running = Running(program)) is null; tries++)
            {
                await Task.Delay(50);
            }

            // Processes are not in the namespace: it is named, as a daemon names itself, so that none of another test is found before it.
            Assert.NotNull(running);
            Assert.Equal(0, (await _cron.RunAsync(["/bin/sh", "-c", "echo \"$1\" >/run/crond.pid", "sh", running])).ExitCode);
            int umask = (await FactsAsync(_worker.Name, null)).Umask;
            Assert.Equal(taken, umask == 0b001_101_111);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static string? Running(string program) => Directory.EnumerateDirectories("/proc", "*").Select(Path.GetFileName).FirstOrDefault(process =>
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm") == "crond\n"
                && File.ReadAllText($"/proc/{process}/cmdline").StartsWith(program + "\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static bool Lives(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("0027", 0b000_010_111)]
    [InlineData("9", null)]
    [InlineData("0022x", null)]
    [InlineData("777777777777777777777777", null)]
    [InlineData("77777", null)]
    public void A_mask_that_is_none_is_not_taken_and_breaks_nothing(string mask, int? taken)
    {
        string Reply(string line) => $"\ncc-crontab 1\nuid 0\ngid 0\nsession setsid\nbecome same\n{line}status good\nend\n";
        int without = HostRun.ParseFacts(0, Encoding.UTF8.GetBytes(Reply("")), default).Umask;
        Assert.Equal(taken ?? without, HostRun.ParseFacts(0, Encoding.UTF8.GetBytes(Reply($"umask {mask}\n")), default).Umask);
    }

    private async Task AllowSudoAsync() => Assert.Equal(0, (await _cron.RunAsync(["/bin/sh", "-c",
        $"echo '{_admin.Name} ALL=({_worker.Name}) NOPASSWD: /bin/sh' >/etc/sudoers.d/cc-test && chmod 440 /etc/sudoers.d/cc-test"])).ExitCode);

    private async Task<string> WithoutAsync(string[] programs)
    {
        string folder = Path.Combine(_cron.Root, "without");
        Assert.Equal(0, (await _cron.RunAsync(["install", "-D", "-m", "755", "/bin/false", Path.Combine(folder, "setpriv")])).ExitCode);
        if (programs.Contains("runuser"))
        {
            // Within the namespace only: no program any more.
            Assert.Equal(0, (await _cron.RunAsync(["mount", "--bind", "/dev/null", "/usr/sbin/runuser"])).ExitCode);
        }

        return $"{folder}:/usr/bin:/bin:/usr/sbin:/sbin";
    }

    private async Task<RunFacts> FactsAsync(string? user, CronUser? session, string path = "/usr/bin:/bin:/usr/sbin:/sbin")
    {
        CronResult told = await _cron.RunAsync(["env", "PATH=" + path, "/bin/sh", "-c", HostRun.FactsCommand(user, [])], session);
        return HostRun.ParseFacts(told.ExitCode, told.Output, told.Error);
    }

    private Task<CronResult> RunAsync(RunFacts facts, string command, CronUser? session, string? path, byte[] input) =>
        RunAsync(facts, Encoding.UTF8.GetBytes(command), CronStart.Of(facts, [], false), session, path, input);

    // The control ends only after the command: else that would be the command's end.
    private async Task<CronResult> RunAsync(RunFacts facts, byte[] command, CronStart start, CronUser? session, string? path, byte[] input)
    {
        using Process process = _cron.Start(["env", "PATH=" + (path ?? "/usr/bin:/bin"), "/bin/sh", "-c", HostRun.SessionCommand], session);
        using MemoryStream output = new();
        StringBuilder error = new();
        Task copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(HostRun.SessionInput(facts, start, command, input, Mark));
        await process.StandardInput.BaseStream.FlushAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            error.Append(line).Append('\n');
            if (line.Contains($"{Mark} exit", StringComparison.Ordinal))
            {
                process.StandardInput.Close();
            }
        }

        await copying.WaitAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new CronResult(process.ExitCode, output.ToArray(), Encoding.UTF8.GetBytes(error.ToString()));
    }
}
