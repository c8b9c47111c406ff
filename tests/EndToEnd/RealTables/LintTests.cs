using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.RealTables;

/// <summary>The linter's verdict on tables of packages, each as it is and with one schedule broken, beside that of the daemon itself.</summary>
public sealed class LintTests
{
    [Fact]
    public void There_are_twenty_tables_of_different_origin()
    {
        Assert.InRange(RealTable.OfSystem.Select(table => table.Package).Distinct().Count(), 20, 1000);
        Assert.Contains(RealTable.All, table => !table.IsSystem);
        // As many entries as there are: what the tests say of each entry, they say of these.
        Assert.InRange(RealTable.All.Sum(table => table.Entries.Count), 40, 1000);
    }

    [Fact]
    public async Task System_tables_are_accepted_as_by_the_daemon_that_reads_them()
    {
        await using CronDaemon cron = await CronDaemon.CreateAsync();
        using var home = new ConsoleHome();
        Dictionary<string, byte[]> files = [];
        foreach (RealTable table in RealTable.OfSystem)
        {
            files[table.SystemName] = table.Bytes;
            files["bad_" + table.SystemName] = RealTable.Broken(table.Bytes);
        }

        IReadOnlyList<string> ignored = await IgnoredByDaemonAsync(cron, files);
        Assert.Equal(files.Keys.Where(file => file.StartsWith("bad_", StringComparison.Ordinal)).Order(), ignored.Order());
        foreach ((string file, byte[] bytes) in files)
            Assert.Equal((file, !ignored.Contains(file)), (file, await AcceptedAsync(home, bytes, "--system")));
    }

    [Fact]
    public async Task The_same_tables_as_a_users_own_are_accepted_as_by_crontab()
    {
        await using CronDaemon cron = await CronDaemon.CreateAsync();
        CronUser user = await cron.AddUserAsync();
        using var home = new ConsoleHome();
        foreach (RealTable table in RealTable.All)
        {
            foreach (byte[] bytes in (byte[][])[table.OfUser, RealTable.Broken(table.OfUser), table.Bytes])
            {
                bool accepted = (await cron.RunAsync(["crontab", "-n", "-"], user, bytes)).ExitCode == 0;
                Assert.Equal((table, accepted), (table, await AcceptedAsync(home, bytes)));
            }
            Assert.True(await AcceptedAsync(home, table.OfUser), table.ToString());
            Assert.False(await AcceptedAsync(home, RealTable.Broken(table.OfUser)), table.ToString());
        }
    }

    private static async Task<bool> AcceptedAsync(ConsoleHome home, byte[] table, params string[] options)
    {
        ProgramResult run = await ProgramRun.RunAsync(Published.Console, ["crontab", "lint", "--json", .. options, "-"],
            new Dictionary<string, string?>(home.Environment) { ["HOME"] = home.Folder }, table);
        Assert.True(run.Code is 0 or 1, run.ToString());
        using JsonDocument verdict = JsonDocument.Parse(run.Output);
        return verdict.RootElement.GetProperty("accepted").GetBoolean();
    }

    /// <summary>The files of /etc/cron.d that the real daemon leaves out when it starts, by what it tells syslog. It is stopped before it runs anything.</summary>
    private static async Task<IReadOnlyList<string>> IgnoredByDaemonAsync(CronDaemon cron, Dictionary<string, byte[]> files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(cron.Root, "tables")).FullName;
        foreach ((string file, byte[] bytes) in files) await File.WriteAllBytesAsync(Path.Combine(folder, file), bytes);
        foreach (string user in RealTable.OfSystem.SelectMany(table => table.Users).Distinct())
            await cron.RunAsync(["/bin/sh", "-c", $"id {user} || echo '{user}:x:65000:65000::/nonexistent:/bin/false' >>/etc/passwd"]);

        // In a namespace within, where there is a syslog, and a shell that does nothing in case that a minute begins just now.
        using var syslog = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string log = Path.Combine(cron.Root, "log");
        syslog.Bind(new UnixDomainSocketEndPoint(log));
        File.SetUnixFileMode(log, (UnixFileMode)0b110_110_110);
        using var daemon = cron.Start(["unshare", "-m", "/bin/sh", "-c", $$"""
            install -m 644 -o root -g root {{folder}}/* /etc/cron.d/ &&
            mkdir {{cron.Root}}/dev && mount -t tmpfs none {{cron.Root}}/dev && cp -a /dev/null /dev/zero /dev/urandom {{cron.Root}}/dev/ && : >{{cron.Root}}/dev/log &&
            mount --bind {{log}} {{cron.Root}}/dev/log && mount --rbind {{cron.Root}}/dev /dev && mount --bind /bin/true /bin/sh && exec cron -f
            """]);
        try
        {
            List<string> ignored = [];
            byte[] message = new byte[4096];
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (true)
            {
                string said = Encoding.UTF8.GetString(message, 0, await syslog.ReceiveAsync(message, limit.Token));
                if (said.Contains("reboot", StringComparison.Ordinal)) return ignored;
                int at = said.IndexOf("; while reading /etc/cron.d/", StringComparison.Ordinal);
                if (at > 0) ignored.Add(said[(at + 28)..].TrimEnd('\0', '\n', ')'));
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"cron did not start: {(daemon.HasExited ? await daemon.StandardError.ReadToEndAsync() : "it runs")}");
        }
        finally
        {
            daemon.Kill(entireProcessTree: true);
            await daemon.WaitForExitAsync();
        }
    }
}
