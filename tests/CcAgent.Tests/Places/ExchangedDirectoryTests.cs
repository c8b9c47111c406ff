using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using CcConsole.Core;
using Xunit;

namespace CcAgent.Tests.Places;

/// <summary>
/// A directory that is exchanged between its check and its use, as fast as the machine can: what is used is what was
/// checked, or nothing. The other one looks right but for one owner; the socket in it is even served by root.
/// </summary>
[Collection(nameof(ExchangedDirectoryTests))]
public sealed partial class ExchangedDirectoryTests : IDisposable
{
    private const int Rounds = 2000, Enough = 10;

    private readonly SecureFolder _folder = new();
    private readonly List<HeldDirectory> _held = [];

    public static TheoryData<string, string, bool> Exchanges => new()
    {
        { "p", "e", true }, { "p", "e", false }, { "p/d", "p/e", true }, { "p/d", "p/e", false },
    };

    private string Asked => _folder.Path + "/p/d";

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task A_client_hands_its_report_to_the_checked_socket_or_to_nobody(string good, string evil, bool root)
    {
        using var user = root ? null : new TestUser();
        var (right, wrong) = await PrepareAsync(good, evil, user);
        using Server honest = new(right + "/cc-agent.sock", "good"), thief = new(wrong + "/cc-agent.sock", "evil");
        await AgentProgram.ShellAsync($"chown {user?.Name ?? "root"} {right}/cc-agent.sock {wrong}/cc-agent.sock");
        var (answered, refused) = await StormAsync(good, evil, Rounds, () =>
        {
            var answer = DaemonSocket.Ask(Asked + "/cc-agent.sock", user?.Uid ?? 0, "{}"u8, out var reason);
            Assert.Equal("good", answer.Length > 0 ? Encoding.UTF8.GetString(answer) : reason);
        });
        Assert.Equal((answered, 0), (honest.Connections, thief.Connections));
        Assert.True(answered > Enough && refused > Enough, $"it was hardly exchanged: {answered} answered, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task A_report_waits_in_the_checked_spool_or_nowhere(string good, string evil, bool root)
    {
        using var user = root ? null : new TestUser();
        var (right, wrong) = await PrepareAsync(good, evil, user);
        await AgentProgram.ShellAsync($"mkdir -m 0700 {right}/spool {wrong}/spool; chown {user?.Name ?? "root"} {right}/spool {wrong}/spool");
        var count = 0;
        var (put, refused) = await StormAsync(
            good, evil, Rounds / 4, () => SpoolWriter.Put(Asked + "/spool", user?.Uid ?? 0, DateTimeOffset.UnixEpoch, $"r{count++}", "{}"u8));
        Assert.Empty(Directory.GetFiles(wrong + "/spool"));
        Assert.Equal(put, Directory.GetFiles(right + "/spool", "*.json").Length);
        Assert.True(put > Enough && refused > Enough, $"it was hardly exchanged: {put} put, {refused} refused");
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task A_daemon_binds_its_socket_in_the_checked_directory_or_nowhere(string good, string evil, bool root)
    {
        using var user = root ? null : new TestUser();
        var (right, wrong) = await PrepareAsync(good, evil, user);
        var (bound, refused) = await StormAsync(good, evil, Rounds, () =>
        {
            var directory = SecureDirectory.Hold(Asked, user?.Uid ?? 0);
            using var socket = ListeningSocket.Open(directory, Asked + "/cc-agent.sock", user?.Uid ?? 0);
            Assert.Equal((true, false), (File.Exists(right + "/cc-agent.sock"), File.Exists(wrong + "/cc-agent.sock")));
        });
        Assert.Empty(Directory.GetFiles(wrong));
        Assert.Empty(Directory.GetFiles(right));
        Assert.True(bound > Enough && refused > Enough, $"it was hardly exchanged: {bound} bound, {refused} refused");
    }

    [Fact]
    public void What_is_held_is_used_wherever_its_name_leads_by_then()
    {
        Directory.CreateDirectory(Asked, (UnixFileMode)0x1C0);
        using var held = SecureDirectory.Hold(Asked, 0);
        Directory.Move(Asked, _folder.Path + "/moved");
        Directory.CreateDirectory(Asked);
        File.WriteAllText(held.At("f"), "x");
        Assert.True(File.Exists(_folder.Path + "/moved/f"));
        Assert.Empty(Directory.GetFiles(Asked));
    }

    public void Dispose()
    {
        _held.ForEach(held => held.Dispose());
        _folder.Dispose();
    }

    // The good directory and the other one, each under a path that stays its own.
    private async Task<(string Right, string Wrong)> PrepareAsync(string good, string evil, TestUser? user)
    {
        var other = evil == "e" ? "e/d" : evil;
        await AgentProgram.ShellAsync(
            $"umask 022; cd {_folder.Path}; mkdir -p p/d {other}; chmod 0700 p/d {other}; chown {user?.Name ?? "root"} p p/d {other}; chown daemon {evil}");
        return (Hold(Asked), Hold($"{_folder.Path}/{other}"));

        string Hold(string path)
        {
            var fd = HeldDirectory.Open(-1, path, path, out var status);
            _held.Add(new HeldDirectory(path, fd, status));
            return HeldDirectory.DescriptorPath(fd).Replace("self", $"{Environment.ProcessId}", StringComparison.Ordinal);
        }
    }

    // Acts while another thread exchanges the two, until both came about often enough: how often it was done, and how often
    // refused.
    private async Task<(int Done, int Refused)> StormAsync(string good, string evil, int rounds, Action act)
    {
        using var end = new CancellationTokenSource();
        var exchanging = Task.Factory.StartNew(
            () =>
            {
                while (!end.IsCancellationRequested)
                    Assert.Equal(0, RenameAt(-100, $"{_folder.Path}/{good}", -100, $"{_folder.Path}/{evil}", 2));
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var (done, refused) = (0, 0);
        try
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; (i < rounds || done <= Enough || refused <= Enough) && Stopwatch.GetElapsedTime(start).TotalSeconds < 60; i++)
            {
                try
                {
                    act();
                    done++;
                }
                catch (ProblemException e) when (e.Message.Contains("is owned by daemon", StringComparison.Ordinal))
                {
                    refused++;
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            await exchanging;
        }

        return (done, refused);
    }

    // RENAME_EXCHANGE: there is no moment without either.
    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int from, string source, int to, string target, uint flags);

    private sealed class Server : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private int _connections;

        internal Server(string path, string answer)
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen(512);
            _ = Task.Factory.StartNew(() => Serve(Encoding.UTF8.GetBytes(answer + "\n")), TaskCreationOptions.LongRunning);
        }

        internal int Connections => Volatile.Read(ref _connections);

        public void Dispose() => _listener.Dispose();

        private void Serve(byte[] answer)
        {
            try
            {
                while (true)
                {
                    using var connection = _listener.Accept();
                    Interlocked.Increment(ref _connections);
                    connection.Send(answer);
                }
            }
            catch (SocketException)
            {
                // The end.
            }
        }
    }
}

/// <summary>Alone: a socket is bound under a umask, which is the whole process's, and other tests' files would be born under it.</summary>
[CollectionDefinition(nameof(ExchangedDirectoryTests), DisableParallelization = true)]
public sealed class ExchangedDirectoryAlone;
