using System.Text;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Jobs;
using CcConsole.Store.Access;
using Xunit;

namespace CcConsole.Fleet.Tests.Jobs;

public sealed class RunTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private string _error = "";

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Without_an_agent_a_job_runs_as_cron_would_run_it()
    {
        (string output, RunEnded end) = await RunAsync("""
            GREETING = "hello  there"
            SHELL=/bin/bash
            * * * * * echo "$GREETING|$PATH|$SHELL|$0|$PWD|$HOME|${XDG_STATE_HOME-unset}|100\%"; cat; echo oops >&2; exit 3%one%two
            GREETING=later

            """);
        // Not the login's HOME, but that of the user database.
        string me = Environment.UserName, home = (await File.ReadAllLinesAsync("/etc/passwd")).Select(line => line.Split(':')).First(user => user[0] == me)[5];
        Assert.Equal($"hello  there|/usr/bin:/bin|/bin/bash|/bin/bash|{home}|{home}|unset|100%\none\ntwo\n", output);
        Assert.Equal("oops\n", _error);
        Assert.Equal(3, end.ExitCode);
    }

    [Fact]
    public async Task A_command_whose_bytes_are_no_text_runs_byte_for_byte()
    {
        (string output, RunEnded end) = await RunAsync("* * * * * echo 'a\xff\xc3 b'\n", Encoding.Latin1);
        Assert.Equal("a\xff\xc3 b\n", output);
        Assert.Equal(0, end.ExitCode);
    }

    [Fact]
    public async Task Who_asks_for_a_run_does_not_wait_for_the_lock_of_the_consoles_own_chain()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", "* * * * * echo up\n"));
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        control.Own.File.Demand();
        FileLock held = FileLock.Take(Path.Combine(_fleet.StateDirectory, "audit-state", "lock"));
        await using IAsyncEnumerator<RunEvent> run = control.Jobs.RunAsync(editor, editor.Jobs.Jobs[0]).GetAsyncEnumerator();
        ValueTask<bool> first = run.MoveNextAsync();
        bool returned = !first.IsCompleted;
        held.Dispose();
        Assert.True(await first);
        Assert.True(returned, "the caller's thread waited until the lock was given up");
        while (await run.MoveNextAsync())
        {
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_job()
    {
        FleetControl control = _fleet.Open();
        string mark = Path.Combine(_fleet.Root, "mark");
        control.Hosts.Add(_fleet.MakeHost("web01", $"* * * * * trap 'echo ended > {mark}; exit 0' TERM; echo up; while :; do sleep 0.05; done\n"));
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (RunEvent happened in control.Jobs.RunAsync(editor, editor.Jobs.Jobs[0], stop.Token))
            {
                Assert.IsType<RunOutput>(happened);
                await stop.CancelAsync();
            }
        });
        // The shell makes the file before it writes to it.
        string Said() => File.Exists(mark) ? File.ReadAllText(mark) : "";
        for (int i = 0; i < 1200 && Said().Length == 0; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal("ended\n", Said());
    }

    private async Task<(string Output, RunEnded End)> RunAsync(string table, Encoding? encoding = null)
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", ""));
        File.WriteAllBytes(_fleet.TablePath("web01"), (encoding ?? Encoding.UTF8).GetBytes(table));
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        Job job = Assert.Single(editor.Jobs.Jobs);
        StringBuilder output = new(), error = new();
        RunEnded? end = null;
        await foreach (RunEvent happened in control.Jobs.RunAsync(editor, job))
        {
            if (happened is RunOutput written)
            {
                (written.IsError ? error : output).Append((encoding ?? Encoding.UTF8).GetString(written.Bytes.Span));
            }
            else
            {
                end = Assert.IsType<RunEnded>(happened);
            }
        }

        _error = error.ToString();
        return (output.ToString(), Assert.IsType<RunEnded>(end));
    }
}
