using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Hosts;
using CcConsole.TestSupport;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>A host's SSH key and its chain are pinned together, over a real sshd with the real agent behind it.</summary>
public sealed class HostKeyPinTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly RealAgent _agent;
    private SshServer _server = null!;

    public HostKeyPinTests()
    {
        _fleet.MakeHost("web01", "# mine\n");
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

    private async Task<FleetControl> OpenAsync()
    {
        if (_server is null)
        {
            _server = await SshServer.StartWithinAsync([], "root", "PermitRootLogin prohibit-password");
            string home = _fleet.Home("web01"), key = await File.ReadAllTextAsync(_server.AuthorizedKeys);
            await File.WriteAllTextAsync(_server.AuthorizedKeys,
                $"restrict,command=\"exec env HOME={home} PATH={home}/bin:/usr/bin:/bin {RealAgent.Executable} serve --dir {_agent.Dir} --policy read-only\" {key}");
            _fleet.SshConfig = _server.ConfigFile;
            FleetControl first = _fleet.Open();
            first.Hosts.Add(new HostEntry { Name = "web01", Destination = SshServer.Alias });
            return first;
        }

        return _fleet.Open();
    }

    /// <summary>The host gets another key, and the person accepts it in known_hosts.</summary>
    private async Task ChangeKeyAsync(FleetControl control)
    {
        await control.DisposeAsync();
        await _server.StopAsync();
        File.Delete(_server.HostKey);
        File.Delete(_server.HostKey + ".pub");
        TestFleet.Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _server.HostKey);
        _server.TrustHostKey();
        await _server.StartAsync();
    }

    [Fact]
    public async Task A_changed_host_key_is_a_finding_until_a_person_says_that_it_is_the_hosts()
    {
        FleetControl control = await OpenAsync();
        PullResult first = await control.Audit.PullAsync("web01");
        Assert.True(first.IsGood, first.Message);
        string before = await SshServer.FingerprintAsync(_server.HostKey + ".pub");
        Assert.Equal(before, first.Head!.HostKey);

        await ChangeKeyAsync(control);
        control = await OpenAsync();
        string now = await SshServer.FingerprintAsync(_server.HostKey + ".pub");
        PullResult other = await control.Audit.PullAsync("web01");
        Assert.Equal("HOSTKEY", other.Verdict);
        Assert.Contains(before, other.Message);
        Assert.Contains(now, other.Message);
        Assert.Contains("audit resolve web01", other.Hint);
        Assert.Equal((0, first.Head.Seq, before), (other.Added, other.Head!.Seq, other.Head.HostKey));
        AuditState state = control.Audit.State("web01");
        Assert.Equal(("HOSTKEY", true), (state.Verdict, state.IsBad));

        Assert.True(control.Audit.Resolve("web01"));
        PullResult again = await control.Audit.PullAsync("web01");
        Assert.True(again.IsGood, again.Message);
        Assert.Equal((first.Head.Copy, now), (again.Head!.Copy, again.Head.HostKey));
        AuditRow resolved = control.Audit.Entries(OwnChain.Name).First(entry => entry.Event == AuditEvents.AuditResolved);
        Assert.Contains(now, resolved.Text());
    }

    [Fact]
    public async Task Another_chain_behind_another_key_says_both_and_behind_the_same_key_says_that()
    {
        FleetControl control = await OpenAsync();
        Assert.True((await control.Audit.PullAsync("web01")).IsGood);
        string before = await SshServer.FingerprintAsync(_server.HostKey + ".pub");
        _agent.Stop();
        _agent.Unlock();
        Directory.Delete(Path.Combine(_agent.Dir, "audit"), recursive: true);
        Directory.Delete(Path.Combine(_agent.Dir, "audit-state"), recursive: true);
        _agent.Start();
        PullResult replaced = await control.Audit.PullAsync("web01");
        Assert.Equal("REPLACED", replaced.Verdict);
        Assert.Contains($"SSH key is the same as before, {before}", replaced.Message);
        Assert.False(control.Audit.Resolve("web01"));
        Assert.True((await control.Audit.PullAsync("web01")).IsGood);

        await ChangeKeyAsync(control);
        _agent.Stop();
        _agent.Unlock();
        Directory.Delete(Path.Combine(_agent.Dir, "audit"), recursive: true);
        Directory.Delete(Path.Combine(_agent.Dir, "audit-state"), recursive: true);
        _agent.Start();
        control = await OpenAsync();
        PullResult both = await control.Audit.PullAsync("web01");
        Assert.Equal("REPLACED", both.Verdict);
        Assert.Contains("SSH key is another one too", both.Message);
    }
}
