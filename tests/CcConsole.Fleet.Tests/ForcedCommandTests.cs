using System.Text;
using CcConsole.Core;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Ssh;
using CcConsole.Store.Changes;
using CcConsole.TestSupport;
using Xunit;

namespace CcConsole.Fleet.Tests;

/// <summary>The console through a real sshd by a key whose forced command is <c>cc-agent serve --policy</c>.</summary>
public sealed class ForcedCommandTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly RealAgent _agent;
    private SshServer? _server;

    public ForcedCommandTests()
    {
        _fleet.MakeHost("web01", "# mine\n*/5 * * * * true\n");
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
    }

    public async ValueTask DisposeAsync()
    {
        // It writes into the fleet's folder.
        _agent.Dispose();
        await _fleet.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task<FleetControl> OpenAsync(string policy)
    {
        _server = await SshServer.StartWithinAsync([], "root", "PermitRootLogin prohibit-password");
        string home = _fleet.Home("web01"), key = await File.ReadAllTextAsync(_server.AuthorizedKeys);
        // The home and crontab of the test's host in place of root's own.
        await File.WriteAllTextAsync(_server.AuthorizedKeys,
            $"restrict,command=\"exec env HOME={home} PATH={home}/bin:/usr/bin:/bin {RealAgent.Executable} serve --dir {_agent.Dir} --policy {policy}\" {key}");
        _fleet.SshConfig = _server.ConfigFile;
        FleetControl control = _fleet.Open();
        control.Hosts.Add(new HostEntry { Name = "web01", Destination = SshServer.Alias });
        return control;
    }

    [Fact]
    public async Task A_read_only_key_shows_all_and_changes_nothing()
    {
        FleetControl control = await OpenAsync("read-only");
        HostTest test = await control.Hosts.TestAsync(control.Hosts.Get("web01"));
        Assert.True(test.IsGood, test.Problem);
        Assert.Equal(("read-only", RealAgent.Executable), (test.Facts!.Policy, test.Facts.AgentPath));

        JobEditor editor = await control.Jobs.OpenAsync("web01");
        Assert.Equal("true", Assert.Single(editor.Jobs.Jobs).Command);
        ChangeResult added = await control.Changes.ApplyAsync(editor.Plan(new JobDraft { Schedule = "@daily", Command = "false" }));
        Assert.Equal(ChangeOutcome.Refused, added.Outcome);
        Assert.Contains("read-only does not allow crontab.write", added.Message);
        ProblemException refused = await Assert.ThrowsAnyAsync<ProblemException>(async () =>
        {
            await foreach (RunEvent _ in control.Jobs.RunAsync(editor, editor.Jobs.Jobs[0]))
            {
            }
        });
        Assert.Contains("read-only does not allow job.run", refused.Message);
        Assert.Equal("# mine\n*/5 * * * * true\n", _fleet.Table("web01"));

        Assert.Equal(0, await control.Reports.FetchAsync("web01"));
        // The refusal is answered before it is recorded.
        int Refusals() => control.Audit.Entries("web01").Count(entry => entry.Event == "access.refused");
        long begun = TimeProvider.System.GetTimestamp();
        do
        {
            PullResult pull = await control.Audit.PullAsync("web01");
            Assert.True(pull.IsGood, pull.Message);
        }
        while (Refusals() < 2 && TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(60));
        Assert.Equal(2, Refusals());
    }

    [Fact]
    public async Task An_edit_key_edits_and_gives_no_shell_no_file_and_no_tunnel()
    {
        FleetControl control = await OpenAsync("edit");
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        ChangeResult added = await control.Changes.ApplyAsync(editor.Plan(new JobDraft { Schedule = "@daily", Command = "false" }));
        Assert.True(added.IsApplied, added.Message);
        Assert.NotNull(added.AuditSeq);
        Assert.Contains("@daily", _fleet.Table("web01"));

        await using OpenSshShell shell = new(SshServer.Alias, new SshOptions(_server!.ControlDirectory) { ConfigFile = _server.ConfigFile });
        string mark = Path.Combine(_fleet.Root, "mark");
        CommandResult result = await shell.RunAsync($"touch {mark}; id");
        Assert.Equal((126, 0), (result.ExitCode, result.Output.Length));
        Assert.Contains("no command is run", Encoding.UTF8.GetString(result.Error.Span));
        Assert.False(File.Exists(mark));
    }
}
