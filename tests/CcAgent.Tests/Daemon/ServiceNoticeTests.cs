using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>What a supervisor hears from the daemon, by a socket as systemd gives it.</summary>
public class ServiceNoticeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)] // As systemd for a user's services: an abstract name.
    public async Task A_supervisor_hears_that_the_daemon_is_ready_alive_and_ending(bool abstractName)
    {
        using var folder = new SecureFolder();
        var name = folder.Path + "/notify";
        using var supervisor = Listen(abstractName ? "\0" + name : name);
        // From before the start: what was said meanwhile is heard at once where this is slow.
        var since = Stopwatch.GetTimestamp();
        await using var daemon = await RunningDaemon.StartInAsync(folder.Path, Variables(abstractName ? "@" + name : name, micros: 600_000));
        Assert.Equal($"READY=1\nSTATUS=ready: {folder.Socket}", Hear(supervisor));
        for (var i = 0; i < 3; i++)
            Assert.Equal("WATCHDOG=1", Hear(supervisor));
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalMilliseconds, 450, 60_000);
        // Meanwhile too: what nobody takes away leaves no room for more.
        var last = Task.Run(() =>
        {
            string heard;
            while ((heard = Hear(supervisor)) == "WATCHDOG=1")
            {
            }

            return heard;
        });
        await daemon.StopAsync();
        Assert.Equal("STOPPING=1\nSTATUS=ending", await last);
    }

    [Fact]
    public async Task A_watchdog_that_is_for_another_process_is_left_to_it()
    {
        using var folder = new SecureFolder();
        using var supervisor = Listen(folder.Path + "/notify");
        await using var daemon = await RunningDaemon.StartInAsync(
            folder.Path, [.. Variables(folder.Path + "/notify", micros: 200_000), ("WATCHDOG_PID", "1")]);
        Assert.StartsWith("READY=1", Hear(supervisor), StringComparison.Ordinal);
        supervisor.ReceiveTimeout = 600;
        Assert.Throws<SocketException>(() => Hear(supervisor));
    }

    [Fact]
    public async Task A_supervisor_that_is_gone_does_not_end_the_daemon_and_is_spoken_of_once()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartInAsync(folder.Path, Variables(folder.Path + "/nobody", micros: 100_000));
        await Eventually.TrueAsync(() => daemon.Said.Contains("the supervisor cannot be told", StringComparison.Ordinal), "it is spoken of");
        await Task.Delay(500);
        Assert.Equal(0, (await AgentProgram.ExecAsync(folder.Path, "x", "/bin/true")).Code);
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        Assert.Equal(2, daemon.Said.Split("the supervisor cannot be told").Length);
    }

    private static (string, string)[] Variables(string socket, long micros) =>
        [("NOTIFY_SOCKET", socket), ("WATCHDOG_USEC", micros.ToString(CultureInfo.InvariantCulture))];

    private static Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        socket.Bind(new UnixDomainSocketEndPoint(name));
        return socket;
    }

    private static string Hear(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
