using Xunit;

namespace CcConsole.Ssh.Tests.Resilience;

public sealed class HostPolicyTests
{
    private static readonly HostPolicyOptions Fast = new() { FirstDelay = TimeSpan.FromMilliseconds(1) };
    private readonly ShiftedTime _time = new();
    private int _calls;

    private Task<int> FailAsync(HostProblemKind kind)
    {
        _calls++;
        throw new HostProblemException("web01", kind, "web01 is broken", "Repair it.");
    }

    private async Task<HostProblemException> FailedAsync(HostPolicy policy, HostProblemKind kind, bool read = false) =>
        await Assert.ThrowsAsync<HostProblemException>(() => read
            ? policy.ReadAsync(_ => FailAsync(kind))
            : policy.WriteAsync(_ => FailAsync(kind)));

    [Fact]
    public async Task A_read_is_tried_again_after_a_transient_failure()
    {
        HostPolicy policy = new("web01", Fast, _time);

        int result = await policy.ReadAsync(_ => _calls == 0 ? FailAsync(HostProblemKind.ConnectionLost) : Task.FromResult(7));

        Assert.Equal((7, 1), (result, _calls));
    }

    [Fact]
    public async Task A_read_gives_up_after_its_attempts()
    {
        await FailedAsync(new HostPolicy("web01", Fast, _time), HostProblemKind.ConnectionRefused, read: true);

        Assert.Equal(3, _calls);
    }

    [Theory]
    [InlineData(HostProblemKind.HostKeyChanged)]
    [InlineData(HostProblemKind.AuthenticationRefused)]
    [InlineData(HostProblemKind.CommandTimeout)]
    public async Task A_failure_that_waiting_does_not_mend_is_not_tried_again(HostProblemKind kind)
    {
        await FailedAsync(new HostPolicy("web01", Fast, _time), kind, read: true);

        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task A_write_is_never_tried_again()
    {
        await FailedAsync(new HostPolicy("web01", Fast, _time), HostProblemKind.ConnectionLost);

        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task A_host_that_keeps_failing_is_left_alone_and_tried_once_after_that()
    {
        HostPolicy policy = new("web01", Fast, _time);
        for (int i = 0; i < 3; i++)
            await FailedAsync(policy, HostProblemKind.AuthenticationRefused);

        HostProblemException suspended = await FailedAsync(policy, HostProblemKind.AuthenticationRefused);

        Assert.Equal(3, _calls);
        Assert.Equal(HostProblemKind.Suspended, suspended.Kind);
        Assert.Contains("web01 is broken", suspended.Message, StringComparison.Ordinal);
        Assert.Equal("Repair it.", suspended.Hint);
        Assert.NotNull(policy.SuspendedUntil);

        _time.Shift += TimeSpan.FromSeconds(31);
        Assert.Equal(7, await policy.WriteAsync(_ => Task.FromResult(7)));
        Assert.Null(policy.SuspendedUntil);
    }

    [Fact]
    public async Task A_suspension_grows_and_the_person_can_end_it()
    {
        HostPolicy policy = new("web01", Fast, _time);
        for (int i = 0; i < 3; i++)
            await FailedAsync(policy, HostProblemKind.ConnectTimeout);
        _time.Shift += TimeSpan.FromSeconds(31);
        await FailedAsync(policy, HostProblemKind.ConnectTimeout);
        Assert.True(policy.SuspendedUntil > _time.GetUtcNow() + TimeSpan.FromSeconds(31));

        await policy.ResumeAsync();

        Assert.Equal(7, await policy.ReadAsync(_ => Task.FromResult(7)));
    }

    [Fact]
    public async Task Slow_commands_do_not_suspend_a_host()
    {
        HostPolicy policy = new("web01", Fast, _time);
        for (int i = 0; i < 5; i++)
            Assert.Equal(HostProblemKind.CommandTimeout, (await FailedAsync(policy, HostProblemKind.CommandTimeout)).Kind);
    }

    [Fact]
    public async Task Handshakes_at_once_are_bounded()
    {
        using HandshakeGate gate = new(2);
        using IDisposable one = await gate.EnterAsync(default);
        IDisposable two = await gate.EnterAsync(default);
        Task<IDisposable> three = gate.EnterAsync(default);
        Assert.False(three.IsCompleted);

        two.Dispose();
        two.Dispose();

        using IDisposable entered = await three.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(gate.EnterAsync(default).IsCompleted);
    }

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
