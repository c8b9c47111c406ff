using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Places;

/// <summary>
/// Every directory, socket and spool that others could have a hand in is refused, by the daemon and by its clients, run by
/// root and by a user. $P is a parent, $D the directory in it, $S the socket, $ME who runs the agent.
/// </summary>
public class WrongDirectoryTests
{
    private static readonly (string Make, string Said)[] Directories =
    [
        ("rmdir $D", "No such file or directory"),
        ("rmdir $D; rmdir $P", "/p: No such file or directory"),
        ("rmdir $D; touch $D", "is not a directory"),
        ("rmdir $D; rmdir $P; touch $P", "/p is not a directory"),
        ("rmdir $D; mkdir -m 0700 $D.real; chown $ME $D.real; ln -s $D.real $D; chown -h $ME $D", "is a symbolic link"),
        ("chown daemon $D", "is owned by daemon"),
        ("chmod 0770 $D", "can be written by others"),
        ("chmod 0702 $D", "can be written by others"),
        ("chmod 1777 $D", "can be written by others"),
        ("chmod 0777 $P", "who could exchange"),
        ("chmod 0775 $P", "who could exchange"),
        ("chown daemon $P", "is owned by daemon, who could exchange"),
        ("mv $P $P.real; ln -s $P.real $P; chown -h daemon $P", "is a symbolic link made by daemon"),
        ("mv $P $P.real; ln -s $P $P; chown -h $ME $P", "is a symbolic link that leads nowhere"),
        // A link that may be followed leads to where others may write.
        ("mkdir $P.w; chmod 0777 $P.w; mv $P $P.w/p; ln -s $P.w/p $P; chown -h $ME $P", "p.w can be written by others"),
    ];

    private static readonly (string Make, string Said)[] Sockets =
    [
        ("touch $S", "is there and is not a socket"),
        ("mkdir $S", "is there and is not a socket"),
        ("ln -s $D/other $S", "is a symbolic link"),
        ("/usr/bin/env python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $S; chown daemon $S", "is owned by daemon"),
    ];

    private static readonly (string Make, string Said)[] Spools =
    [
        ("touch $D/spool", "spool is not a directory"),
        ("mkdir -m 0700 $D/other; chown $ME $D/other; ln -s $D/other $D/spool; chown -h $ME $D/spool", "spool is a symbolic link"),
        ("mkdir $D/spool; chmod 0777 $D/spool; chown $ME $D/spool", "spool "),
        ("mkdir $D/spool; chmod 0770 $D/spool; chown $ME $D/spool", "spool "),
        ("mkdir -m 0700 $D/spool; chown daemon $D/spool", "spool is owned by daemon"),
    ];

    public static TheoryData<bool, string, string> WrongDirectories => Both(Directories);

    public static TheoryData<bool, string, string> WrongSockets => Both(Sockets);

    public static TheoryData<bool, string, string> WrongSpools => Both(Spools);

    [Theory]
    [MemberData(nameof(WrongDirectories))]
    public async Task A_directory_in_others_hands_is_refused(bool root, string make, string said)
    {
        using var user = root ? null : new TestUser();
        using var folder = new SecureFolder();
        var data = await PrepareAsync(folder, user, make);

        foreach (var verb in (string[][])[["daemon"], ["serve"], ["status"], ["report", "list"], ["audit", "verify"]])
        {
            var result = await RunAsync(user, [.. verb, "--dir", data]);
            Assert.Equal(2, result.Code);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
            Assert.Equal("", result.Output);
        }

        var exec = await ExecAsync(user, data);
        Assert.Equal(9, exec.Code);
        Assert.Contains(said, exec.Error, StringComparison.Ordinal);
        Assert.Contains("is not recorded", exec.Error, StringComparison.Ordinal);
        var left = await AgentProgram.ShellAsync($"find -L {folder.Path} -name 'cc-agent.sock*' -o -name '*.json*' -o -name daemon.lock -o -name audit");
        Assert.Equal("", left.Output);
    }

    [Theory]
    [MemberData(nameof(WrongSockets))]
    public async Task What_is_no_socket_of_ones_own_is_refused_and_the_report_waits(bool root, string make, string said)
    {
        using var user = root ? null : new TestUser();
        using var folder = new SecureFolder();
        var data = await PrepareAsync(folder, user, make);

        var daemon = await RunAsync(user, "daemon", "--dir", data);
        Assert.Equal(2, daemon.Code);
        Assert.Contains("cc-agent.sock " + said, daemon.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data + "/audit"), "it was begun though its socket could not be bound");

        var status = await RunAsync(user, "status", "--dir", data);
        Assert.Equal(1, status.Code);
        Assert.Contains("cc-agent.sock " + said, status.Output, StringComparison.Ordinal);

        var exec = await ExecAsync(user, data);
        Assert.Equal(9, exec.Code);
        Assert.Contains("cc-agent.sock " + said, exec.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(data + "/spool", "*.json"));
    }

    [Theory]
    [MemberData(nameof(WrongSpools))]
    public async Task A_spool_in_others_hands_is_refused(bool root, string make, string said)
    {
        using var user = root ? null : new TestUser();
        using var folder = new SecureFolder();
        var data = await PrepareAsync(folder, user, make);

        var exec = await ExecAsync(user, data);
        Assert.Equal(9, exec.Code);
        Assert.Contains("it cannot wait in the spool", exec.Error, StringComparison.Ordinal);
        Assert.Contains(said, exec.Error, StringComparison.Ordinal);
        var left = await AgentProgram.ShellAsync($"find -L {folder.Path} -name '*.json*' -o -name '*.part'");
        Assert.Equal("", left.Output);

        var daemon = await RunAsync(user, "daemon", "--dir", data);
        Assert.Equal(2, daemon.Code);
        Assert.Contains(said, daemon.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_of_roots_or_of_ones_own_on_the_way_is_followed_when_it_leads_to_a_good_place(bool root)
    {
        using var user = root ? null : new TestUser();
        using var folder = new SecureFolder();
        // Through two links, one of them relative and with a step back.
        var data = await PrepareAsync(folder, user, "mv $P $P.real; mkdir $P.x; ln -s ../p.real $P.x/l; ln -s $P.x/l $P; chown -h $ME $P");
        await using var daemon = user is null
            ? await RunningDaemon.StartInAsync(data) : await RunningDaemon.StartAsAsync(user, "--dir", data);
        Assert.Equal((9, ""), (await ExecAsync(user, data) is var exec ? exec.Code : 0, exec.Error));
        Assert.Single(AgentProgram.Lines((await RunAsync(user, "report", "list", "--json", "--dir", data)).Output));
    }

    private static TheoryData<bool, string, string> Both((string Make, string Said)[] cases)
    {
        var data = new TheoryData<bool, string, string>();
        foreach (var (make, said) in cases)
        {
            data.Add(true, make, said);
            data.Add(false, make, said);
        }

        return data;
    }

    private static async Task<string> PrepareAsync(SecureFolder folder, TestUser? user, string make)
    {
        var (parent, data) = (folder.Path + "/p", folder.Path + "/p/d");
        var result = await AgentProgram.ShellAsync(
            $"umask 022; chmod 0711 {folder.Path}; P={parent}; D={data}; S=$D/cc-agent.sock; ME={user?.Name ?? "root"}; mkdir $P; mkdir -m 0700 $D; chown $ME $P $D; {make}");
        Assert.Equal("", result.Error);
        return data;
    }

    private static Task<ProgramResult> RunAsync(TestUser? user, params string[] arguments) =>
        user is null ? AgentProgram.RunAsync(arguments) : AgentProgram.RunAsAsync(user, arguments);

    private static Task<ProgramResult> ExecAsync(TestUser? user, string data) =>
        RunAsync(user, "exec", "--job-id", "x", "--socket-path", data + "/cc-agent.sock", "--", "/bin/sh", "-c", "exit 9");
}
