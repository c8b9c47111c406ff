using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.SshAndCron;

/// <summary>
/// The real cron runs a table of jobs, the console adopts every one of them, and cron runs them again: what each job sees and
/// leaves, its exit code as cron gets it, and its mail are the same. Differs: the mail's subject, which names the line.
/// </summary>
public sealed partial class AdoptedRunTests
{
    // Each with a tag of its own; what a job leaves lies in e/TAG.
    private static readonly string[] Jobs =
    [
        "true J01",
        "echo out; : J02; exit 7",
        "echo only to error >&2; : J03; exit 1",
        "echo one; sleep 3; echo two >&2; sleep 3; echo three; : J04",
        "cat >e/J05; wc -l <e/J05%first line%second line%%%with \\% and a last one",
        "env -0 | sort -z >e/J06; env | cut -d= -f1 | sort",
        "pwd; ls -di . >e/J07; cd /; pwd",
        "printf '<\\%s>' \"$QUOTED\" \"$PLAIN\" \"$EMPTY\" J08",
        "printf '50\\%\\% \\%s\\n' \"$(echo \\%d)\" J09",
        "echo before; kill -9 $$; echo J10",
        "(sleep 20; echo late) & echo first J11",
        "seq 1 120000; head -c 200000 /dev/zero | tr '\\0' x; : J12",
        "printf 'bytes \\377\\376\\200 \\303\\274\\r\\n\\tJ13\\n'",
        "umask; ulimit -a; grep -E '^(Sig(Ign|Blk)|Uid|Gid|Groups|Umask|CapEff)' /proc/self/status; ls -l /proc/self/fd | wc -l; nice; : J14",
        "cat; echo \"input was empty J15\"; tty; [ -t 1 ] || echo no terminal",
        "no-such-command-at-all J16",
        "printf '<\\%s>' 'a\\b' \"it's\" '$HOME' ';&|`' \"$((6*7))\" \"ünï\" J17; echo; trap 'exit 9' TERM; kill -TERM $$; sleep 5",
        "a=(b c); [[ ${a[1]} == c ]] && echo \"${BASH_VERSION\\%\\%.*}\" J18; exit 3",
    ];

    [Fact]
    public async Task An_adopted_job_runs_under_cron_as_it_did_before()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        LiveHost web = await hosts.AddAsync("web01");
        await PrepareAsync(web);
        await web.PutTableAsync(Encoding.UTF8.GetBytes(Table(web)));
        Dictionary<string, Evidence> bare = await RunAllAsync(hosts, web);
        // What is compared is there: none of it is equal because it is nothing.
        Assert.Equal(["0", "7", "1", "0", "0", "0", "0", "0", "0", "137", "0", "0", "0", "0", "0", "127", "9", "3"], bare.Values.Select(each => each.Code));
        Assert.Equal(Jobs.Length - 1, bare.Values.Count(each => each.Mail.Length > 0));
        Assert.Equal("first line\nsecond line\n\n\nwith % and a last one\n", bare["J05"].File);
        Assert.Contains($"HOME={web.User.Home}\0", bare["J06"].File, StringComparison.Ordinal);
        // Debian's cron mails what there is when the job has ended.
        Assert.EndsWith("\n\nfirst J11\n", bare["J11"].Mail, StringComparison.Ordinal);

        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        for (int i = 0; i < Jobs.Length; i++) await home.GoodAsync("job", "adopt", "web01", $"job {i + 1:D2}", "--job-id", $"id{i + 1:D2}", "--yes");
        Assert.Equal(Jobs.Length, Encoding.UTF8.GetString(await web.TableAsync()).Split("/cc-agent exec --job-id").Length - 1);
        Dictionary<string, Evidence> adopted = await RunAllAsync(hosts, web);

        foreach (string tag in bare.Keys) Assert.Equal(bare[tag], adopted[tag]);
        CronResult reports = await web.AsUserAsync($"{web.Agent} report list --json --limit 100");
        // One that the daemon was too busy to take waits in the spool.
        for (int tries = 0; reports.OutputText.AsSpan().Count('\n') < Jobs.Length; tries++)
        {
            Assert.True(tries < 600, $"{reports.OutputText}{reports.ErrorText}");
            await Task.Delay(100);
            reports = await web.AsUserAsync($"{web.Agent} report list --json --limit 100");
        }
        Dictionary<string, string> reported = reports.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("report"))
            .ToDictionary(report => "J" + report.GetProperty("jobId").GetString()![2..], report => report.GetProperty("exitCode").GetInt32().ToString(CultureInfo.InvariantCulture));
        Assert.Equal(bare.ToDictionary(each => each.Key, each => each.Value.Code), reported);
    }

    // SHELL is a shell that notes the exit code when it is cron that started it, and is else the shell that it stands for.
    private static async Task PrepareAsync(LiveHost web)
    {
        string home = web.User.Home;
        string Recorder(string shell) => $$"""
            #!{{shell}}
            {{shell}} "$@"
            code=$?
            [ "$(cat /proc/$PPID/comm)" != cron ] || { tag=$(printf '%s' "$2" | grep -ao 'J[0-9][0-9]' | head -n 1); echo $code >{{home}}/e/$tag.part && mv {{home}}/e/$tag.part {{home}}/e/$tag.code; }
            exit $code
            """;
        await web.AsRootAsync($"""
            mkdir -p {home}/upper {home}/work
            mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir={home}/upper,workdir={home}/work /usr/sbin
            cat >/usr/sbin/sendmail <<'END'
            #!/bin/sh
            f=$(mktemp {home}/e/part.XXXXXX)
            (printf 'sendmail'; printf ' <%s>' "$@"; echo; cat) >$f
            mv $f {home}/e/mail.$$
            END
            cat >{home}/sh <<'END'
            {Recorder("/bin/sh")}
            END
            cat >{home}/bash <<'END'
            {Recorder("/bin/bash")}
            END
            chmod 755 /usr/sbin/sendmail {home}/sh {home}/bash
            chown -R {web.User.Name}: {home}/sh {home}/bash
            """);
    }

    private static string Table(LiveHost web)
    {
        var table = new StringBuilder($"SHELL={web.User.Home}/sh\nQUOTED=\" a 'b' \"\nPLAIN = x  y\nEMPTY=\"\"\nMAILTO=ops@example.org\n");
        for (int i = 0; i < Jobs.Length; i++)
        {
            if (i == Jobs.Length - 1) table.Append(CultureInfo.InvariantCulture, $"SHELL={web.User.Home}/bash\n");
            table.Append(CultureInfo.InvariantCulture, $"#cc: name=job {i + 1:D2}\n* * * * *\t{Jobs[i]}\n");
        }
        return table.ToString();
    }

    private static async Task<Dictionary<string, Evidence>> RunAllAsync(LiveHosts hosts, LiveHost web)
    {
        string folder = Path.Combine(web.User.Home, "e");
        await web.AsRootAsync($"rm -rf {folder} && install -d -m 700 -o {web.User.Name} {folder}");
        hosts.Cron.StartDaemon();
        for (int tries = 0; Directory.GetFiles(folder, "*.code").Length < Jobs.Length || Directory.GetFiles(folder, "mail.*").Length < Jobs.Length - 1; tries++)
        {
            if (tries == 1200) throw new TimeoutException($"cron has run {string.Join(' ', Directory.GetFiles(folder).Select(Path.GetFileName))} within 120 s");
            await Task.Delay(100);
        }

        await hosts.Cron.StopDaemonAsync();
        Dictionary<string, string> mails = Directory.GetFiles(folder, "mail.*").Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))
            .ToDictionary(mail => Tag().Match(mail).Value, mail => Subject().Replace(mail, "Subject: Cron\n", 1));
        return Enumerable.Range(1, Jobs.Length).Select(n => $"J{n:D2}").ToDictionary(tag => tag, tag => new Evidence(
            File.ReadAllText($"{folder}/{tag}.code").Trim(),
            File.Exists($"{folder}/{tag}") ? File.ReadAllText($"{folder}/{tag}") : "",
            mails.GetValueOrDefault(tag, "")));
    }

    [GeneratedRegex("J[0-9][0-9]")]
    private static partial Regex Tag();

    [GeneratedRegex("Subject: Cron .*\n")]
    private static partial Regex Subject();

    private sealed record Evidence(string Code, string File, string Mail);
}
