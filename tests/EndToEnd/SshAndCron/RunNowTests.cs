using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.SshAndCron;

/// <summary>A run now, by the agent and without one: what the job sees is what it sees when the real daemon starts it.</summary>
public sealed class RunNowTests
{
    /// <summary>
    /// What a job can see. Left out, since it must differ: its output (cron's is a file that is mailed later, here are two pipes),
    /// the descriptor of its own lock that debian's daemon leaves open, the limits of the daemon's process, and all numbers of processes.
    /// </summary>
    private const string Probe = """
        #!/bin/sh
        to=${0%/*}/$1
        exec >"$to.new"
        shift
        for word; do printf 'word %s\n' "$word"; done
        env -0 | LC_ALL=C sort -z | od -An -c
        od -An -c
        echo "directory $(pwd -P)"
        echo "mask $(umask)"
        id
        grep -E '^(SigBlk|SigIgn|Groups|NoNewPrivs)' /proc/self/status
        echo "input $(readlink /proc/$$/fd/0 | tr -d '0-9')"
        echo "priority $(ps -o ni= -p $$)"
        session=$(ps -o sid= -p $$ | tr -d ' ')
        test "$session" = $$ || test "$session" = $PPID && echo 'leads a session'
        mv "$to.new" "$to"
        """;

    /// <summary>The names of the entries, with what each ends with and what it says on standard error.</summary>
    private static readonly (string Name, int Exit, string Error)[] Entries =
    [
        ("plain", 0, ""), ("variables", 0, ""), ("input", 0, ""), ("trailing", 0, ""), ("bash", 3, "oops\n"), ("bytes", 0, ""),
        ("lost", 0, ""), ("relative", 0, ""), ("empty", 0, ""), ("noshell", 1, "/no/such/shell: execle: No such file or directory\n"),
        ("bareshell", 1, "sh: execle: No such file or directory\n"), ("directoryshell", 1, "/tmp: execle: Permission denied\n"),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_sees_what_it_sees_when_the_daemon_starts_it(bool agent)
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        LiveHost web = await hosts.AddAsync("web01", agent);
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        string folder = Path.Combine(web.User.Home, "probe");
        await File.WriteAllTextAsync(Path.Combine(hosts.Cron.Root, "probe"), Probe);
        await web.AsRootAsync($"""
            install -d -m 777 {folder}
            install -m 755 {hosts.Cron.Root}/probe {folder}/probe
            printf 'FROM_FILE="of the host" # not this\nexport PATH=/opt/bin:/usr/bin\nHOME=/elsewhere\n2nd=too\nNOT-A-NAME=x\n' >/etc/environment
            printf 'LANG=C.UTF-8\nLC_TIME="C"\nSHELL=/bin/bash\n' >/etc/default/locale
            """);
        await web.PutTableAsync(Table($"{folder}/probe"));
        // By its number the daemon is told from those of other tests: in a file that everybody may read, as cron makes it under the usual mask.
        using (Process daemon = hosts.Cron.Start(["/bin/sh", "-c", $"install -m 644 /dev/null /run/crond.pid; umask 027; exec env --{(agent ? "default" : "ignore")}-signal=PIPE cron -f"]))
        {
            await Eventually(() => Entries.Where(entry => entry.Error is "" or "oops\n").All(entry => File.Exists(Path.Combine(folder, entry.Name))));
            foreach ((string name, int exit, string error) in Entries)
            {
                string seen = Path.Combine(folder, name);
                byte[]? underCron = File.Exists(seen) ? await File.ReadAllBytesAsync(seen) : null;
                File.Delete(seen);
                ProgramResult run = await home.RunAsync("job", "run", "web01", name, "--json");
                byte[]? now = File.Exists(seen) ? await File.ReadAllBytesAsync(seen) : null;
                Assert.True(underCron.AsSpan().SequenceEqual(now), $"{name}\n--- cron\n{Text(underCron)}\n--- run now\n{Text(now)}\n{run}");
                JsonElement[] lines = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
                Assert.Equal(exit, lines[^1].GetProperty("exit_code").GetInt32());
                Assert.Equal(error, string.Concat(lines.Where(line => line.TryGetProperty("stderr", out _)).Select(line => line.GetProperty("stderr").GetString())));
                Assert.Equal(exit == 0 ? 0 : 1, run.Code);
                Assert.Equal(name is "lost" or "empty" or "noshell" or "bareshell" or "directoryshell", run.Output.Contains("without a word", StringComparison.Ordinal));
            }

            daemon.Kill();
            await daemon.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_job_of_another_users_table_and_of_a_system_table_runs_as_its_user_where_the_session_is_roots()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01", agent: false);
        await File.AppendAllTextAsync(hosts.SshConfig, (await File.ReadAllTextAsync(hosts.SshConfig)).Replace("Host web01", "Host root01", StringComparison.Ordinal).Replace($"User {web.User.Name}", "User root", StringComparison.Ordinal));
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "root01");
        await web.PutTableAsync("#cc: name=who\n* * * * * echo \"$(id -un) $(id -Gn) $LOGNAME $HOME $PWD\"\n"u8.ToArray());
        ProgramResult run = await home.GoodAsync("job", "run", "root01", "who", "--table", web.User.Name);
        string who = $"{web.User.Name} {web.User.Name} {web.User.Name} {web.User.Home} {web.User.Home}\n";
        Assert.Equal(who, run.Output);
        await web.AsRootAsync($$"""
            printf '%s\n' 'GREETING=hi' '#cc: name=system' '* * * * * {{web.User.Name}} echo "$(id -un) $(id -Gn) $LOGNAME $HOME $PWD"; echo $GREETING >&2' >/etc/crontab
            """);
        run = await home.GoodAsync("job", "run", "root01", "system", "--table", "/etc/crontab");
        Assert.Equal(who, run.Output);
        Assert.StartsWith("hi\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Output_that_is_no_text_survives_in_a_pipe_and_in_JSON(bool agent)
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01", agent);
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await web.PutTableAsync("#cc: name=odd\n* * * * * printf 'a\\\\000b\\\\377\\\\033[2J'; printf 'caf\\\\303\\\\251\\\\000' >&2\n"u8.ToArray());
        byte[] output = [(byte)'a', 0, (byte)'b', 0xff, 0x1b, .. "[2J"u8];
        Assert.Equal(output, (await home.GoodAsync("job", "run", "web01", "odd")).OutputBytes);
        JsonElement[] lines = [.. (await home.GoodAsync("job", "run", "web01", "odd", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(output, lines.Single(line => line.TryGetProperty("stdout_base64", out _)).GetProperty("stdout_base64").GetBytesFromBase64());
        Assert.Equal("café\0", lines.Single(line => line.TryGetProperty("stderr", out _)).GetProperty("stderr").GetString());
    }

    [Fact]
    public async Task A_wrapped_job_is_run_with_its_wrapper_and_so_reported_and_a_paused_one_can_be_run()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("job", "add", "web01", "0 0 1 1 *", "echo in person", "--job-id", "yearly", "--yes");
        await home.GoodAsync("job", "pause", "web01", "yearly", "--yes");
        Assert.Equal("in person\n", (await home.GoodAsync("job", "run", "web01", "yearly")).Output);
        JsonElement report = JsonDocument.Parse((await home.GoodAsync("report", "list", "web01", "--json")).Output).RootElement;
        Assert.Contains("yearly", report.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "Ctrl+C")]
    [InlineData(false, "kill -9")]
    [InlineData(false, "cut")]
    [InlineData(true, "Ctrl+C")]
    [InlineData(true, "kill -9")]
    [InlineData(true, "cut")]
    public async Task A_run_ends_with_all_its_processes_when_nobody_watches_it_any_more(bool agent, string end)
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01", agent);
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        // A child that ignores TERM, and one in the background of a shell that has gone.
        await web.PutTableAsync("""
            #cc: name=stubborn
            0 0 1 1 * sh -c 'trap "" TERM; echo $$ >child; while :; do sleep 0.2; done' & (sleep 300 & echo $! >orphan); while test ! -s child; do sleep 0.1; done; echo $$ >parent; echo up; wait

            """u8.ToArray());
        ProcessStartInfo start = new(Published.Console, ["job", "run", "web01", "stubborn"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach ((string name, string? value) in home.Environment) start.Environment[name] = value;
        start.Environment["HOME"] = home.Folder;
        using Process console = Process.Start(start)!;
        Assert.Equal("up", await console.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        int[] processes = [.. new[] { "child", "orphan", "parent" }.Select(name => int.Parse(File.ReadAllText(Path.Combine(web.User.Home, name)), CultureInfo.InvariantCulture))];
        Assert.All(processes, process => Assert.True(Lives(process)));

        if (end == "cut")
            await hosts.Sshd.CutAsync();
        else
            await SignalAsync(console.Id, end == "Ctrl+C" ? "INT" : "KILL");

        await Eventually(() => !processes.Any(Lives));
        await console.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.NotEqual(0, console.ExitCode);
    }

    private static byte[] Table(string probe)
    {
        List<byte> table = [];
        Line("");
        Name("plain");
        Line($"@reboot {probe} plain");
        Line("GREETING = \"hello  there\"");
        table.AddRange("BYTES=\xff\xfe\x80\x81\x88 '\"\\ $HOME %\n".Select(c => (byte)c));
        Line("ODD-NAME=x");
        Line("LOGNAME=root");
        Line("USER=somebody");
        Line("MAILTO=\"\"");
        Name("variables");
        Line($"@reboot {probe} variables");
        Line("PATH=/opt/none:/usr/bin:/bin");
        Line("LANG=C");
        Line("HOME=/tmp");
        Name("input");
        Line($"@reboot {probe} input%line one%line \\% two%%\\\\ end\\");
        Name("trailing");
        Line($"@reboot {probe} trailing%");
        Line("SHELL=/bin/bash");
        Name("bash");
        Line($"@reboot {probe} bash \"$0\" \"$BASH_VERSION\"; echo oops >&2; exit 3");
        Line("SHELL=/bin/sh");
        Name("bytes");
        table.AddRange(Encoding.ASCII.GetBytes($"@reboot {probe} bytes '"));
        table.AddRange(Enumerable.Range(1, 255).Where(b => b is not ('\n' or '\'' or '\\' or '%')).Select(b => (byte)b));
        Line("' \\% \\\\ \"\\\\\\\\\"");
        Line("HOME=/no/such/directory");
        Name("lost");
        Line($"@reboot {probe} lost");
        Line("HOME=.");
        Name("relative");
        Line($"@reboot {probe} relative");
        Line("HOME=\"\"");
        Name("empty");
        Line($"@reboot {probe} empty");
        Line("SHELL=/no/such/shell");
        Name("noshell");
        Line($"@reboot {probe} noshell");
        Line("SHELL=sh");
        Name("bareshell");
        Line($"@reboot {probe} bareshell");
        Line("SHELL=/tmp");
        Name("directoryshell");
        Line($"@reboot {probe} directoryshell");
        return [.. table];

        void Name(string name) => Line($"#cc: name={name}");
        void Line(string line) => table.AddRange(Encoding.ASCII.GetBytes(line + "\n"));
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, $"{process}"]);
        await kill.WaitForExitAsync();
    }

    private static bool Lives(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task Eventually(Func<bool> holds)
    {
        for (int tries = 0; !holds(); tries++)
        {
            Assert.True(tries < 600, "did not come about within 60 s");
            await Task.Delay(100);
        }
    }

    private static string Text(byte[]? bytes) => bytes is null ? "(not run)" : Encoding.Latin1.GetString(bytes);
}
