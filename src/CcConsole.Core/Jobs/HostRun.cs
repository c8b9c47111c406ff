using System.Globalization;
using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Scripts;

namespace CcConsole.Core.Jobs;

/// <summary>
/// Runs of commands as cron's, by nothing but sh on the host: what to run there and what it means. The same text is run over SSH
/// and by the agent; this class runs nothing.
/// </summary>
/// <remarks>
/// Over SSH (<see cref="SessionCommand"/>, <see cref="SessionInput"/>) standard input is the control: a line TERM or KILL signals the
/// command's process group, and its end (the console was closed, or killed, or the connection has dropped) ends the command as well:
/// TERM, then KILL after <see cref="StopGrace"/>. Who stops watching wants it to be stopped.
/// </remarks>
public static class HostRun
{
    /// <summary>How long a process group has from TERM to KILL.</summary>
    public static TimeSpan StopGrace { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The command of sh that tells the facts; it needs no input.</summary>
    /// <param name="user">As whom a command is to run; null for the login user.</param>
    /// <param name="variables">The table's variables.</param>
    public static string FactsCommand(string? user, IReadOnlyList<TableVariable> variables)
    {
        byte[] directory = TableVariable.Last(variables, "HOME") is { } home ? [(byte)'=', .. home] : [];
        return new ShellText().Add("set --").Word(user ?? "").Word(directory).Add("\n").Add(HostRunScript.Facts).Command();
    }

    /// <summary>What its result means.</summary>
    /// <exception cref="ProblemException">The host does not answer, knows no such user, or does not let the session become it.</exception>
    public static RunFacts ParseFacts(int exitCode, ReadOnlySpan<byte> output, ReadOnlySpan<byte> error)
    {
        var reply = HostReply.Parse(output);
        var said = HostCrontab.Words(reply.IsWhole ? reply.Part("error") ?? [] : error);
        var tail = said.Length == 0 ? "" : $": {said}";
        if (!reply.IsWhole)
        {
            throw new ProblemException(string.Create(CultureInfo.InvariantCulture, $"The host did not tell how its cron starts jobs (exit code {exitCode}){tail}"), "Check that the login reaches a shell and that /bin/sh is there.");
        }

        var user = HostCrontab.Words(reply.Part("user") ?? []);
        switch (reply["status"])
        {
            case "good":
                break;
            case "user":
                throw new ProblemException($"The host has no user {user}", "Look at the entry's user field, and at getent passwd on the host.");
            case "sudo":
                throw new ProblemException($"Not permitted to run a job as {user}: sudo -n says{tail}", $"Allow it in sudoers (… ALL=({user}) NOPASSWD: /bin/sh), or connect as root or as {user}.");
            case "become":
                throw new ProblemException($"The host has no program to become {user}: neither setpriv nor runuser nor su", "Install util-linux there.");
            default:
                throw new ProblemException($"Not permitted to run a job as {user}: the session is not root's, and the host has no sudo", $"Connect as root or as {user}.");
        }

        var facts = new RunFacts
        {
            Implementation = reply["kind"],
            User = Encoding.UTF8.GetString(reply.Part("user") ?? []),
            Uid = Number(reply["uid"]),
            Gid = Number(reply["gid"]),
            Home = reply.Part("home") ?? [],
            Become = reply["become"] switch
            {
                "setpriv" => BecomeUser.Setpriv,
                "runuser" => BecomeUser.Runuser,
                "su" => BecomeUser.Su,
                "sudo" => BecomeUser.Sudo,
                _ => BecomeUser.Same,
            },
            NewSession = reply["session"] switch
            {
                "setsid" => ["setsid"],
                "perl" => ["perl", "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV or exit 127", "--"],
                _ => throw new ProblemException("The host has neither setsid nor perl, without which a run could not be stopped for sure", "Install util-linux there."),
            },
            DirectoryExists = reply["directory"] == "yes",
            PamRules = reply.Part("rules") ?? [],
            VariableFiles = reply.Parts.Where(static part => part.Key.StartsWith("file:", StringComparison.Ordinal)).ToDictionary(static part => part.Key["file:".Length..], static part => part.Value),
            HasPamConfiguration = reply["pam-configuration"] == "yes",
            DaemonEnvironment = reply.Part("environ"),
            KeepsPath = reply["keeps-path"] == "yes",
            IgnoresPipe = ulong.TryParse(reply["ignored"], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var ignored) && (ignored & 0x1000) != 0,
        };
        // proc_pid_status(5): octal. What is none is not taken, since the host's text is not to be trusted.
        return reply["umask"] is { Length: > 0 and <= 5 } mask && mask.All(static digit => digit is >= '0' and <= '7') && Convert.ToInt32(mask, 8) is <= 0b111_111_111 and var umask
            ? facts with { Umask = umask }
            : facts;
    }

    /// <summary>The program and its arguments that become the command; root only for another user. Needs no environment but PATH.</summary>
    public static IReadOnlyList<byte[]> Arguments(RunFacts facts, CronStart start, ReadOnlySpan<byte> command)
    {
        List<byte[]> arguments = [.. Become(facts), "/bin/sh"u8.ToArray(), "-c"u8.ToArray(), Encoding.UTF8.GetBytes(HostRunScript.Enter.ReplaceLineEndings("\n")), "sh"u8.ToArray()];
        arguments.AddRange(Entering(start, command));
        return arguments;
    }

    /// <summary>What is run over SSH, whatever the command is: the rest goes to its standard input.</summary>
    public static string SessionCommand => ShellText.ReadLine;

    /// <summary>What goes to the standard input of <see cref="SessionCommand"/> at first. It stays open for as long as someone watches.</summary>
    /// <param name="facts">The host's.</param>
    /// <param name="start">How the command is started.</param>
    /// <param name="command">What the shell gets.</param>
    /// <param name="input">The command's standard input; empty for none.</param>
    /// <param name="mark">What the watcher's own lines on standard error begin with; nobody else may know it.</param>
    public static byte[] SessionInput(RunFacts facts, CronStart start, ReadOnlySpan<byte> command, ReadOnlySpan<byte> input, string mark)
    {
        var watch = new ShellText().Add(string.Create(CultureInfo.InvariantCulture, $"PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C grace={StopGrace.TotalSeconds:0}\nexport PATH LC_ALL\nmark="))
            .Quoted(Encoding.ASCII.GetBytes(mark)).Add("\ninput=").Quoted(input).Add("\nset --");
        foreach (var word in facts.NewSession)
        {
            watch.Word(word);
        }

        watch.Word("/bin/sh").Word("-c").Word((HostRunScript.Announce + HostRunScript.Enter).ReplaceLineEndings("\n")).Word("sh").Word(mark);
        foreach (var word in Entering(start, command))
        {
            watch.Word(word);
        }

        watch.Add("\n").Add(HostRunScript.Watch.ReplaceLineEndings("\n"));
        var lines = "";
        if (facts.Become != BecomeUser.Same)
        {
            var become = new ShellText().Add("PATH=$PATH:/usr/bin:/bin:/usr/sbin:/sbin\nexec");
            if (facts.Become == BecomeUser.Su)
            {
                become.Word("su").Word("-s").Word("/bin/sh").Word("-c").Word(ShellText.ReadLine).Word(facts.User);
            }
            else
            {
                foreach (var word in Become(facts))
                {
                    become.Word(word);
                }

                become.Word("/bin/sh").Word("-c").Word(ShellText.ReadLine);
            }

            lines = become.Line() + "\n";
        }

        return Encoding.ASCII.GetBytes(lines + watch.Line() + "\n");
    }

    private static List<byte[]> Entering(CronStart start, ReadOnlySpan<byte> command)
    {
        // env would take a path with = in it for a variable.
        string[] before = start.Shell.Contains((byte)'=') ? ["/bin/sh", "-c", "exec \"$0\" \"$@\""] : [];
        return
        [
            Encoding.ASCII.GetBytes(Convert.ToString(start.Umask, 8).PadLeft(3, '0')), start.IgnoresPipe ? "PIPE"u8.ToArray() : [], start.Directory, start.Shell,
            .. start.Environment, .. before.Select(Encoding.UTF8.GetBytes), start.Shell, "-c"u8.ToArray(), command.ToArray(),
        ];
    }

    private static IEnumerable<byte[]> Become(RunFacts facts)
    {
        string[] words = facts.Become switch
        {
            BecomeUser.Setpriv => ["setpriv", string.Create(CultureInfo.InvariantCulture, $"--reuid={facts.Uid}"), string.Create(CultureInfo.InvariantCulture, $"--regid={facts.Gid}"), "--init-groups", "--"],
            BecomeUser.Runuser => ["runuser", "-u", facts.User, "--"],
            BecomeUser.Sudo => ["sudo", "-n", "-u", facts.User, "--"],
            BecomeUser.Su => ["su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", facts.User],
            _ => [],
        };
        return words.Select(Encoding.UTF8.GetBytes);
    }

    private static uint Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ProblemException("The host's user database has no number for the user", "Look at getent passwd on the host.");
}
