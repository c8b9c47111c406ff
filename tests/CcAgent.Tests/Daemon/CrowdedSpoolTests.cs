using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>Everyone may put into root's spool whatever they like, and as much: it holds up nobody and does not stay.</summary>
public class CrowdedSpoolTests
{
    // No UTF-8, no report, no file; and what the agent itself has put out of the way, which was emptied since.
    private const string Crowd = "cd $0 && x=$(printf '\\377') && seq $1 | sed \"s/^/$x/; s/7$/7.json/; s/3$/3.run/\" | xargs touch && seq $2 | sed 's/$/.json.0f.refused/' | xargs mkdir";

    [Fact]
    public async Task A_step_looks_at_so_few_that_others_need_not_wait_and_the_next_goes_on_there()
    {
        using var folder = new SecureFolder();
        using var recorder = Begun(folder, out var drain);
        await MakeAsync(folder, 3000, 500);
        await PutAsync(folder, "0-first");
        Assert.True(drain.Step(recorder));
        Assert.InRange(Directory.GetFileSystemEntries(folder.Spool).Length, 3501 - 256, 3501);
        var steps = 1;
        for (; drain.Step(recorder); steps++)
            Assert.InRange(steps, 0, 3501);
        Assert.InRange(steps, 3501 / 256, 3501 / 16);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Spool));
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        drain.Dispose();
    }

    [Fact]
    public async Task What_comes_is_taken_in_at_the_next_step_whatever_else_lies_there()
    {
        using var folder = new SecureFolder();
        using var recorder = Begun(folder, out var drain);
        // What may be a report that is being written has to stay.
        await AgentProgram.ShellAsync($"cd {folder.Spool} && seq 5000 | sed 's/$/.json.part/' | xargs touch");
        Assert.True(drain.Step(recorder));
        var path = await PutAsync(folder, "0-came");
        drain.Came(path);
        drain.Came(path);
        Assert.True(drain.Step(recorder));
        Assert.False(File.Exists(path));
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        for (var steps = 0; drain.Step(recorder); steps++)
            Assert.InRange(steps, 0, 5001);
        Assert.Equal(5000, Directory.GetFileSystemEntries(folder.Spool).Length);
        drain.Dispose();
    }

    [Fact]
    public async Task All_that_waits_is_taken_in_in_the_order_of_the_runs_however_many_steps_it_takes_to_see_it()
    {
        using var folder = new SecureFolder();
        using var recorder = Begun(folder, out var drain);
        await MakeAsync(folder, 2000, 1);
        foreach (var number in Enumerable.Range(0, 300).Reverse())
            await PutAsync(folder, $"{number:D3}-run");
        while (drain.Step(recorder))
        {
        }

        Assert.Equal(
            Enumerable.Range(0, 300).Select(static number => $"{number:D3}-run"),
            (await AgentProgram.ReportsAsync(folder.Path)).Select(static line => line.GetProperty("report").GetProperty("runId").GetString()));
        drain.Dispose();
    }

    [Fact]
    public async Task A_full_directory_with_a_name_as_long_as_may_be_is_refused_once()
    {
        using var folder = new SecureFolder();
        using var recorder = Begun(folder, out var drain);
        var name = new string('x', 250) + ".json";
        Directory.CreateDirectory($"{folder.Spool}/{name}/full");
        for (var i = 0; i < 2; i++)
        {
            drain.LookAround();
            while (drain.Step(recorder))
            {
            }
        }

        Assert.False(drain.HasLeft);
        Assert.EndsWith(".refused", Assert.Single(Directory.GetDirectories(folder.Spool)), StringComparison.Ordinal);
        Assert.Single(await AgentProgram.EntriesAsync(folder.Path), static entry => entry.GetProperty("event").GetString() == "report.rejected");
        drain.Dispose();
    }

    [Fact]
    public async Task A_users_crowd_of_bad_names_keeps_neither_a_status_nor_a_report_waiting_and_does_not_stay()
    {
        using var user = new TestUser();
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync($"chmod 0755 {folder.Path}");
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        // More than is looked at before the daemon serves others.
        var made = await ProgramRun.RunAsync("/usr/bin/setpriv", [.. user.SetPrivileges, "/bin/sh", "-c", Crowd, folder.Spool, "40000", "4000"], directory: "/");
        Assert.Equal((0, ""), (made.Code, made.Error));
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, "{\"request\":\"status\"}").GetProperty("ok").GetBoolean());
        Assert.Equal(0, (await AgentProgram.RunAsAsync(user, "exec", "--job-id", "theirs", "--socket-path", folder.Socket, "--", "/bin/true")).Code);
        await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 1, "the report is taken in", 60);
        await Eventually.TrueAsync(() => !Directory.EnumerateFileSystemEntries(folder.Spool).Any(), "the crowd is gone", 60);
        Assert.DoesNotContain(await AgentProgram.EntriesAsync(folder.Path), static entry => entry.GetProperty("event").GetString() == "report.rejected");
    }

    private static Recorder Begun(SecureFolder folder, out SpoolDrain drain)
    {
        var recorder = OpenJournal.RecorderIn(folder, new AgentSettings());
        drain = new SpoolDrain(AgentPlaces.For(folder.Path));
        return recorder;
    }

    private static async Task MakeAsync(SecureFolder folder, int files, int directories)
    {
        var made = await ProgramRun.RunAsync("/bin/sh", ["-c", Crowd, folder.Spool, $"{files}", $"{directories}"]);
        Assert.Equal((0, ""), (made.Code, made.Error));
    }

    private static async Task<string> PutAsync(SecureFolder folder, string run)
    {
        var path = $"{folder.Spool}/{run}{SpoolWriter.Suffix}";
        await File.WriteAllTextAsync(path, SocketClient.Minimal.TrimEnd()[..^1].Replace("\"executingUid\":0", $"\"executingUid\":{Libc.geteuid()}", StringComparison.Ordinal) + $",\"runId\":\"{run}\"}}");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
