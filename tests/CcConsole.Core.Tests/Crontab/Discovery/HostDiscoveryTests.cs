using System.Text;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab.Discovery;

/// <summary>Against Debian's real cron, crontab and sudo, in a private namespace; what the daemon ignores is asked of the daemon itself.</summary>
public sealed class HostDiscoveryTests : IAsyncLifetime
{
    private CronDaemon _cron = null!;
    private CronUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _cron = await CronDaemon.CreateAsync();
        _user = await _cron.AddUserAsync();
    }

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Fact]
    public async Task Root_sees_all_tables_byte_for_byte_with_their_files()
    {
        var (mine, theirs) = ("# a\r\n@daily x\n"u8.ToArray(), "# 1\n# 2\n# 3\n@daily \\r y\n"u8.ToArray());
        var other = await _cron.AddUserAsync();
        await _cron.InstallAsync(_user, mine);
        await _cron.InstallAsync(other, theirs);
        await _cron.RunAsync(["crontab", "-"], input: "@weekly root's\n"u8.ToArray());
        await Sh("printf '@daily root a\\n' >/etc/crontab; printf 'A=\\377\\n' >/etc/cron.d/b; : >/etc/cron.d/.placeholder; printf '#x\\n' >/etc/cron.d/c.dpkg-old");
        var found = await DiscoverAsync(null);
        Assert.True(found.AsRoot);
        Assert.Equal(
            new[] { "root", _user.Name, other.Name, "/etc/crontab", "/etc/cron.d/b", "/etc/cron.d/c.dpkg-old" }.Order(StringComparer.Ordinal),
            found.Tables.Select(table => table.Id.Name).Order(StringComparer.Ordinal));
        Assert.Equal(mine, Table(found, _user.Name).Bytes.ToArray());
        Assert.Equal(theirs, Table(found, other.Name).Bytes.ToArray());
        Assert.Equal("A=\u00ff\n", Encoding.Latin1.GetString(Table(found, "/etc/cron.d/b").Bytes.Span));
        Assert.Equal((FileKind.Regular, 0b110_000_000, 1L, (long)_user.Uid), Facts(Table(found, _user.Name).File!));
        Assert.Equal("root", found.Tables[0].Id.Name);
        Assert.Contains("no dot", Table(found, "/etc/cron.d/c.dpkg-old").Ignored!, StringComparison.Ordinal);
        Assert.All(found.Tables.Where(table => table.Id.FileName != "c.dpkg-old"), table => Assert.Null(table.Ignored));
        // Processes are not in the namespace: what other tests run there under the name of another daemon is found too.
        var scheduler = Assert.Single(found.Schedulers, each => each.Name == "debian");
        Assert.All(found.Schedulers, each => Assert.True(each == scheduler || each is { Name: "cronie" or "busybox", IsRunning: true }, each.ToString()));
        Assert.Equal((true, "debian"), (scheduler.IsUnderstood, found.Cron.Implementation));
        Assert.StartsWith("3.0pl1", scheduler.Version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_sees_what_a_user_may_and_is_told_of_the_rest()
    {
        await _cron.InstallAsync(_user, "@daily x\n"u8.ToArray());
        await _cron.InstallAsync(await _cron.AddUserAsync(), "@daily y\n"u8.ToArray());
        await Sh("echo '@daily root a' >/etc/cron.d/open; echo '@daily root a' >/etc/cron.d/secret; chmod 600 /etc/cron.d/secret");
        var found = await DiscoverAsync(_user);
        Assert.False(found.AsRoot);
        Assert.Equal([_user.Name, "/etc/cron.d/open", "/etc/crontab"], found.Tables.Select(table => table.Id.Name).Order(StringComparer.Ordinal).OrderByDescending(name => name[0] != '/'));
        var gap = Assert.Single(found.Gaps, gap => gap.What == "other users' tables");
        Assert.Contains("need root, or sudo -n", gap.Why, StringComparison.Ordinal);
        Assert.Contains("password", gap.Why, StringComparison.Ordinal);
        Assert.Contains("may not read", Assert.Single(found.Gaps, each => each.What == "/etc/cron.d/secret").Why, StringComparison.Ordinal);
        await _cron.RunAsync(["mount", "--bind", "/dev/null", "/usr/bin/sudo"]);
        Assert.Contains("does not have", Assert.Single((await DiscoverAsync(_user)).Gaps, each => each.What == "other users' tables").Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whom_sudo_lets_be_root_sees_what_root_sees_and_leaves_nothing_behind()
    {
        await Sh($"echo '{_user.Name} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers; chmod 440 /etc/sudoers");
        var other = await _cron.AddUserAsync();
        await _cron.InstallAsync(other, "@daily y\n"u8.ToArray());
        await Sh("echo '@daily root a' >/etc/cron.d/secret; chmod 600 /etc/cron.d/secret");
        var found = await DiscoverAsync(_user);
        Assert.True(found.AsRoot);
        Assert.Equal(_user.Name, found.Cron.User);
        Assert.Equal("@daily y\n"u8.ToArray(), Table(found, other.Name).Bytes.ToArray());
        Assert.Null(Table(found, "/etc/cron.d/secret").Ignored);
        Assert.DoesNotContain(found.Tables, table => table.Id.Name == _user.Name);
        Assert.DoesNotContain(found.Gaps, gap => gap.What == "other users' tables");
        Assert.Equal("", (await _cron.RunAsync(["find", "/tmp", "-maxdepth", "1", "-name", "cc-crontab.*", "-user", _user.Name])).OutputText);
    }

    [Fact]
    public async Task What_is_said_to_be_ignored_is_what_the_real_daemon_ignores()
    {
        var gone = await _cron.AddUserAsync();
        var expired = await _cron.AddUserAsync();
        var stale = await _cron.AddUserAsync();
        var ran = Path.Combine(_cron.Root, "ran");
        await Sh($"mkdir -m 777 {ran}");
        foreach (var user in new[] { _user, gone, expired, stale })
        {
            await _cron.InstallAsync(user, Encoding.UTF8.GetBytes($"@reboot touch {ran}/{user.Name}\n"));
        }

        await Sh($$"""
            set -e
            userdel {{gone.Name}}
            chage -E 2020-01-01 {{expired.Name}}
            chage -d 0 {{stale.Name}}
            cd /etc/cron.d
            t() { printf '@reboot root touch {{ran}}/%s\n' "$1" >"$1"; }
            for f in good a.dot writable others hard two bad nouser noline quiet exe; do t $f; done
            chmod 664 writable
            chown {{_user.Uid}} others
            ln hard hard2
            echo '61 * * * * root x' >>bad
            echo '@daily nobody-here x' >>nouser
            printf '@daily root x' >>noline
            printf '# no line feed' >>quiet
            chmod 755 exe
            printf '@reboot root touch {{ran}}/linked\n' >/etc/target
            ln -s ../target linked
            ln -s ../target linkother
            chown -h {{_user.Uid}} linkother
            ln -s /nowhere broken
            mkdir folder
            printf '@reboot {{expired.Name}} touch {{ran}}/as-expired\n' >expired
            """);
        var found = await DiscoverAsync(null);
        _cron.StartDaemon();
        var told = found.Tables.Where(table => table.Id.Name is not "/etc/crontab")
            .Select(table => (Name: Runs(table.Id.FileName ?? table.Id.Name), IsRun: table.Ignored is null && table.Lines.Count == 0, table.Ignored)).ToList();
        for (var i = 0; i < 600 && !told.TrueForAll(table => !table.IsRun || File.Exists($"{ran}/{table.Name}")); i++)
        {
            await Task.Delay(100);
        }

        // What it ignores would run beside these.
        await Task.Delay(1500);
        Assert.All(told, table => Assert.True(File.Exists($"{ran}/{table.Name}") == table.IsRun, $"{table.Name}: {table.Ignored}"));

        Assert.Equal(
            new[] { "good", "quiet", "exe", "linked", "two" }.Order(StringComparer.Ordinal),
            found.Tables.Where(table => table.Ignored is null && table.Lines.Count == 0 && table.Id.FileName is not null).Select(table => table.Id.FileName!).Order(StringComparer.Ordinal));
        Assert.Contains("line 2", Table(found, "/etc/cron.d/bad").Ignored!, StringComparison.Ordinal);
        Assert.Contains("nobody-here", Table(found, "/etc/cron.d/nouser").Ignored!, StringComparison.Ordinal);
        Assert.Contains("hard links", Table(found, "/etc/cron.d/hard").Ignored!, StringComparison.Ordinal);
        Assert.Contains("no user", Table(found, gone.Name).Ignored!, StringComparison.Ordinal);
        Assert.Contains("ended on 2020-01-01", Table(found, expired.Name).Ignored!, StringComparison.Ordinal);
        Assert.Contains("change the password", Table(found, stale.Name).Ignored!, StringComparison.Ordinal);
        Assert.Contains("ended on", Assert.Single(Table(found, "/etc/cron.d/expired").Lines).Why, StringComparison.Ordinal);
        Assert.Contains("link to nothing", Assert.Single(found.Gaps, gap => gap.What == "/etc/cron.d/broken").Why, StringComparison.Ordinal);
        Assert.Contains("no regular file", Assert.Single(found.Gaps, gap => gap.What == "/etc/cron.d/folder").Why, StringComparison.Ordinal);

        static string Runs(string table) => table switch { "hard2" => "hard", "linkother" => "nothing", "expired" => "as-expired", _ => table };
    }

    [Fact]
    public async Task Folders_tell_which_scripts_run_and_which_line_runs_them_as_run_parts_itself_does()
    {
        await Sh("""
            rm -rf /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /etc/cron.hourly /etc/cron.yearly; mkdir /etc/cron.daily /etc/cron.weekly; cd /etc/cron.daily
            for f in good a.sh noexec _ok-1; do echo '#!/bin/sh' >$f; chmod 755 $f; done
            chmod 644 noexec; ln -s good link; ln -s /nowhere dangling; mkdir sub; : >.placeholder; : >/etc/cron.weekly/x; chmod 755 /etc/cron.weekly/x
            printf 'SHELL=/bin/sh\n25 6 * * *\troot\ttest -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )\n# 47 6 * * 7 root run-parts /etc/cron.weekly\n' >/etc/crontab
            """);
        var found = await DiscoverAsync(null);
        var runs = (await Sh("run-parts --test /etc/cron.daily")).OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(runs.Order(StringComparer.Ordinal), found.Scripts.Where(script => script.Ignored is null).Select(script => script.Path).Order(StringComparer.Ordinal));
        var good = Assert.Single(found.Scripts, script => script.Path == "/etc/cron.daily/good");
        Assert.Equal(new FolderRunner("/etc/crontab", 2, "25 6 * * *", "root"), good.Runner);
        Assert.Contains("not executable", Script(found, "noexec").Ignored!, StringComparison.Ordinal);
        Assert.Contains("no dot", Script(found, "a.sh").Ignored!, StringComparison.Ordinal);
        Assert.Contains("nothing that was found runs the folder", Script(found, "x").Ignored!, StringComparison.Ordinal);
        Assert.Contains(found.Gaps, gap => gap.What == "/etc/cron.weekly");
        Assert.DoesNotContain(found.Scripts, script => script.Name == ".placeholder");
    }

    [Fact]
    public async Task Anacrons_table_is_read_and_runs_the_folders_where_anacron_is_installed()
    {
        await Sh("""
            rm -rf /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly; mkdir -p /etc/cron.daily; echo '#!/bin/sh' >/etc/cron.daily/j; chmod 755 /etc/cron.daily/j
            mount -t tmpfs none /var/spool; mkdir -p /var/spool/anacron; echo 20261119 >/var/spool/anacron/cron.daily
            printf '25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n' >/etc/crontab
            printf '# c\nRANDOM_DELAY=45\nSTART_HOURS_RANGE=3-22\n1\t5\tcron.daily\tnice run-parts /etc/cron.daily\n@monthly 45 m echo  two\nx 1 2\n9z 1 bad cmd\n' >/etc/anacrontab
            """);
        var without = await DiscoverAsync(null);
        Assert.All(without.AnacronJobs, job => Assert.Contains("not installed", job.Ignored!, StringComparison.Ordinal));
        Assert.Equal("/etc/crontab", Script(without, "j").Runner!.Table);
        var bin = Directory.CreateDirectory(Path.Combine(_cron.Root, "bin")).FullName;
        await Sh($"printf '#!/bin/sh\\n' >{bin}/anacron; chmod 755 {bin}/anacron");
        var found = await DiscoverAsync(null, $"PATH={bin}:$PATH; export PATH; ");
        Assert.Equal(
            new AnacronJob("cron.daily", "1", 1, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(45), "3-22", "nice run-parts /etc/cron.daily", 4, new DateOnly(2026, 11, 19), null),
            found.AnacronJobs[0]);
        Assert.Equal(("m", null, "echo  two", null), (found.AnacronJobs[1].Id, found.AnacronJobs[1].Days, found.AnacronJobs[1].Command, found.AnacronJobs[1].Ignored));
        Assert.Contains("period 9z", found.AnacronJobs[2].Ignored!, StringComparison.Ordinal);
        Assert.Equal(3, found.AnacronJobs.Count);
        Assert.Equal(new FolderRunner("/etc/anacrontab", 4, "1", "root"), Script(found, "j").Runner);
    }

    [Fact]
    public async Task Timers_are_read_from_what_systemctl_says()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_cron.Root, "bin")).FullName;
        await File.WriteAllTextAsync(Path.Combine(bin, "systemctl"), """
            #!/bin/sh
            test "$TZ" = UTC0 || test "$6" = ExecStart || exit 9
            case "$*" in
            *--user*) echo 'Failed to connect to bus: No medium found' >&2; exit 1 ;;
            'list-timers --all --no-pager --no-legend --full')
                echo 'Sat 2026-11-21 06:19:12 UTC 3h 2min left Fri 2026-11-20 06:20:01 UTC 20h ago apt-daily.timer apt-daily.service'
                echo 'Sun 2026-11-22 03:10:00 UTC 1 day left n/a n/a e2scrub_all.timer e2scrub_all.service'
                echo '- - - - fstrim.timer fstrim.service' ;;
            *Id*-p*Unit*)
                echo 'Id=apt-daily.timer'; echo 'Unit=apt-daily.service'; echo 'Description=Daily apt download activities'
                echo 'TimersCalendar={ OnCalendar=*-*-* 06,18:00:00 ; next_elapse=Sat 2026-11-21 06:00:00 UTC }'
                echo 'TimersMonotonic={ OnBootUSec=15min ; next_elapse=15min }'; echo 'UnitFileState=enabled'; echo 'ActiveState=active'; echo
                echo 'Id=fstrim.timer'; echo 'Unit=fstrim.service'; echo 'UnitFileState=disabled'; echo 'ActiveState=inactive' ;;
            *) echo 'Id=apt-daily.service'; echo 'ExecStart={ path=/usr/lib/apt/apt.systemd.daily ; argv[]=/usr/lib/apt/apt.systemd.daily update ; ignore_errors=no ; pid=0 }'; echo 'User=nobody' ;;
            esac
            """);
        await Sh($"chmod 755 {bin}/systemctl; mkdir -p /run/systemd/system /run/user/{_user.Uid}/systemd; chown -R {_user.Uid} /run/user/{_user.Uid}; chmod 755 {_cron.Root}");
        var found = await DiscoverAsync(_user, $"PATH={bin}:$PATH; export PATH; ");
        Assert.Equal(3, found.Timers.Count);
        var apt = found.Timers[0];
        Assert.Equal(("apt-daily.timer", "apt-daily.service", null, "Daily apt download activities", "nobody", null), (apt.Unit, apt.Activates, apt.Owner, apt.Description, apt.User, apt.Ignored));
        Assert.Equal(["OnCalendar=*-*-* 06,18:00:00", "OnBootUSec=15min"], apt.Triggers);
        Assert.Equal("/usr/lib/apt/apt.systemd.daily update", apt.Command);
        Assert.Equal((new DateTimeOffset(2026, 11, 21, 6, 19, 12, TimeSpan.Zero), new DateTimeOffset(2026, 11, 20, 6, 20, 1, TimeSpan.Zero)), (apt.NextRun!.Value, apt.LastRun!.Value));
        Assert.Null(found.Timers[1].LastRun);
        Assert.Equal((null, "the timer is inactive, and disabled"), (found.Timers[2].NextRun, found.Timers[2].Ignored));
        Assert.Contains("No medium", Assert.Single(found.Gaps, gap => gap.What.StartsWith("systemd timers of", StringComparison.Ordinal)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bounds_are_kept_and_said()
    {
        await Sh("cd /etc/cron.d; head -c 1048577 /dev/zero | tr '\\0' '#' >alarge; for i in 1 2 3 4 5 6 7 8 9; do head -c 1048576 /dev/zero | tr '\\0' '#' >b$i; done; i=0; while test $i -lt 420; do : >f$i; i=$((i + 1)); done; : >\"$(printf 'odd\\033[31m')\"");
        var found = await DiscoverAsync(null);
        Assert.Contains("1 MiB", Assert.Single(found.Gaps, gap => gap.What == "/etc/cron.d/alarge").Why, StringComparison.Ordinal);
        Assert.Contains(found.Gaps, gap => gap.Why.Contains("8 MiB", StringComparison.Ordinal));
        Assert.Contains(found.Gaps, gap => gap.What == "/etc/cron.d" && gap.Why.Contains("more than 400", StringComparison.Ordinal));
        Assert.DoesNotContain(found.Tables, table => table.Id.Name.Contains('\u001b', StringComparison.Ordinal));
        Assert.True(found.Tables.Sum(table => (long)table.Bytes.Length) <= 8 << 20);
    }

    [Fact]
    public async Task An_answer_that_is_cut_is_no_answer_and_a_shell_of_another_kind_gives_the_same()
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", HostDiscovery.Command()]);
        for (var length = 0; length < result.Output.Length; length += 97)
        {
            Assert.Throws<ProblemException>(() => HostDiscovery.Parse(255, result.Output.AsSpan(0, length), "closed"u8));
        }

        foreach (var shell in new[] { "bash", "tcsh", "fish", "busybox" })
        {
            var found = await _cron.RunAsync([shell, .. shell == "busybox" ? new[] { "sh" } : [], "-c", HostDiscovery.Command()], _user);
            Assert.Equal(_user.Name, HostDiscovery.Parse(found.ExitCode, found.Output, found.Error).Cron.User);
        }
    }

    [Fact]
    public async Task A_busybox_host_is_read_by_busyboxs_rules()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_cron.Root, "busybox")).FullName;
        await Sh($"ln -s /bin/busybox {bin}/crontab; ln -s /bin/busybox {bin}/run-parts; mkdir -p /etc/periodic/daily; : >/etc/periodic/daily/x; chmod 755 /etc/periodic/daily/x; echo '0 2 * * * run-parts /etc/periodic/daily' | {bin}/crontab -; echo '@daily root x' >/etc/cron.d/y");
        var found = await DiscoverAsync(null, $"PATH={bin}:$PATH; export PATH; ");
        Assert.Equal("busybox", found.Cron.Implementation);
        Assert.Contains("busybox crond reads no system tables", Table(found, "/etc/cron.d/y").Ignored!, StringComparison.Ordinal);
        Assert.Null(Table(found, "root").Ignored);
        Assert.Equal(("root", 1), (Script(found, "x").Runner!.Table, Script(found, "x").Runner!.Line));
    }

    private static (FileKind, int, long, long) Facts(FileFacts file) => (file.Kind, file.Mode, file.Links, file.Owner);

    private static FoundTable Table(HostSchedules found, string name) => Assert.Single(found.Tables, table => table.Id.Name == name);

    private static FolderScript Script(HostSchedules found, string name) => Assert.Single(found.Scripts, script => script.Name == name);

    private Task<CronResult> Sh(string command) => _cron.RunAsync(["/bin/sh", "-c", command]);

    private async Task<HostSchedules> DiscoverAsync(CronUser? login, string start = "")
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", start + HostDiscovery.Command()], login);
        return HostDiscovery.Parse(result.ExitCode, result.Output, result.Error);
    }
}
