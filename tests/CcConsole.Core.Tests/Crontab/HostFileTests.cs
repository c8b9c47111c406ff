using System.Globalization;
using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>System tables, and tables of others: as root, by sudo, and refused; with Debian's real crontab, sudo and files in a private namespace.</summary>
public sealed class HostFileTests : IAsyncLifetime
{
    private static readonly TableId File = TableId.Parse("/etc/cron.d/job"), SystemTable = TableId.Parse(TableId.SystemCrontab);
    private CronDaemon _cron = null!;
    private CronUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _cron = await CronDaemon.CreateAsync();
        _user = await _cron.AddUserAsync();
    }

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Fact]
    public async Task A_new_file_belongs_to_root_with_mode_0644_and_its_removal_gives_none_again()
    {
        var table = "# a\r\n* * * * * root x\n"u8.ToArray();
        Assert.IsType<TableRead.None>(await Read(null, File));
        Assert.IsType<TableWrite.Written>(await Write(null, null, table, File));
        Assert.Equal("644 0 0 1", await StatusAsync("/etc/cron.d/job"));
        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(_user, File)).Bytes);
        Assert.IsType<TableWrite.Written>(await Write(null, table, [], File));
        Assert.Empty(Assert.IsType<TableRead.Present>(await Read(null, File)).Bytes);
        Assert.IsType<TableWrite.Written>(await Write(null, [], null, File));
        Assert.IsType<TableRead.None>(await Read(null, File));
        Assert.Equal("", (await Sh("ls -A /etc/cron.d")).OutputText);
    }

    [Fact]
    public async Task Owner_mode_acl_and_attributes_stay_and_nothing_is_left_beside_the_file()
    {
        await Sh($"printf 'A=b\\n' >/etc/crontab; chown {_user.Uid}:12 /etc/crontab; chmod 640 /etc/crontab; setfattr -n user.note -v kept /etc/crontab 2>/dev/null; true");
        Assert.IsType<TableWrite.Written>(await Write(null, "A=b\n"u8.ToArray(), "A=c\n"u8.ToArray(), SystemTable));
        Assert.Equal($"640 {_user.Uid} 12 1", await StatusAsync("/etc/crontab"));
        Assert.Equal("A=c\n", (await Sh("cat /etc/crontab")).OutputText);
        Assert.Equal("", (await Sh("ls -A /etc | grep cc-crontab")).OutputText);
    }

    [Fact]
    public async Task A_change_of_the_same_second_has_another_time()
    {
        var (one, two) = ("A=1\n"u8.ToArray(), "A=2\n"u8.ToArray());
        Assert.IsType<TableWrite.Written>(await Write(null, null, one, File));
        var first = (await Sh("stat -c %Y /etc/cron.d/job")).OutputText;
        Assert.IsType<TableWrite.Written>(await Write(null, one, two, File));
        Assert.NotEqual(first, (await Sh("stat -c %Y /etc/cron.d/job")).OutputText);
    }

    [Fact]
    public async Task A_file_that_someone_changed_is_not_overwritten()
    {
        await Sh("echo A=theirs >/etc/cron.d/job");
        Assert.Equal("A=theirs\n"u8.ToArray(), Assert.IsType<TableWrite.Changed>(await Write(null, null, "A=1\n"u8.ToArray(), File)).Current);
        Assert.Equal("A=theirs\n"u8.ToArray(), Assert.IsType<TableWrite.Changed>(await Write(null, "A=0\n"u8.ToArray(), null, File)).Current);
        await Sh("rm /etc/cron.d/job");
        Assert.Null(Assert.IsType<TableWrite.Changed>(await Write(null, "A=0\n"u8.ToArray(), "A=1\n"u8.ToArray(), File)).Current);
    }

    [Fact]
    public async Task Of_writers_at_once_one_wins_with_flock_and_without()
    {
        foreach (var flock in new[] { true, false })
        {
            if (!flock)
            {
                await _cron.RunAsync(["mount", "--bind", "/dev/null", (await Sh("command -v flock")).OutputText.Trim()]);
                // What a killed writer leaves: a link of a process that is gone.
                await Sh($"rm -rf /etc/cron.d/job; mkdir -p -m 700 /tmp/cc-crontab-lock-{_user.Uid}; ln -s 4194999 /tmp/cc-crontab-lock-{_user.Uid}/held.1; chown {_user.Uid} /tmp/cc-crontab-lock-{_user.Uid}");
            }

            await _cron.InstallAsync(_user, "# start\n"u8.ToArray());
            var tables = Enumerable.Range(0, 6).Select(i => Encoding.UTF8.GetBytes($"# writer {i} {flock}\n")).ToList();
            var id = TableId.Parse(_user.Name);
            var results = await Task.WhenAll(tables.Select((table, i) => i % 2 == 0 ? Write(_user, "# start\n"u8.ToArray(), table, null) : Write(null, "# start\n"u8.ToArray(), table, id)));
            var winner = Assert.Single(Enumerable.Range(0, 6), i => results[i] is TableWrite.Written);
            Assert.All(results.Where((_, i) => i != winner), result => Assert.Equal(tables[winner], Assert.IsType<TableWrite.Changed>(result).Current));
        }

        Assert.Equal("held.1\n", (await Sh($"ls /tmp/cc-crontab-lock-{_user.Uid}")).OutputText);
    }

    [Fact]
    public async Task A_users_table_that_is_to_be_gone_is_gone()
    {
        var table = "@daily x\n"u8.ToArray();
        Assert.IsType<TableWrite.Written>(await Write(_user, null, table, null));
        Assert.IsType<TableWrite.Changed>(await Write(_user, "@daily y\n"u8.ToArray(), null, null));
        Assert.IsType<TableWrite.Written>(await Write(_user, table, null, null));
        Assert.IsType<TableRead.None>(await Read(_user, null));
        Assert.Equal("", (await Sh("ls -A /var/spool/cron/crontabs")).OutputText);
    }

    [Fact]
    public async Task A_link_and_a_folder_are_not_written_and_a_link_is_not_followed()
    {
        await Sh("echo A=1 >/etc/elsewhere; ln -s ../elsewhere /etc/cron.d/job; mkdir /etc/cron.d/folder; mkfifo /etc/cron.d/pipe");
        var failed = Assert.IsType<TableWrite.Failed>(await Write(null, "A=1\n"u8.ToArray(), "A=2\n"u8.ToArray(), File));
        Assert.Contains("is a link to ../elsewhere", failed.Problem, StringComparison.Ordinal);
        Assert.Equal("A=1\n", (await Sh("cat /etc/elsewhere")).OutputText);
        foreach (var name in new[] { "folder", "pipe" })
        {
            var id = TableId.Parse("/etc/cron.d/" + name);
            Assert.Contains("no regular file", Assert.IsType<TableRead.Failed>(await Read(null, id)).Problem, StringComparison.Ordinal);
            Assert.Equal(TableAfter.Unchanged, Assert.IsType<TableWrite.Failed>(await Write(null, null, "A=2\n"u8.ToArray(), id)).After);
        }
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_not_written_into_a_file_and_one_who_was_there_before_stays()
    {
        var table = "@daily nobody-here x\n"u8.ToArray();
        Assert.Contains("no", Assert.IsType<TableWrite.Failed>(await Write(null, null, table, File)).Problem, StringComparison.Ordinal);
        Assert.IsType<TableRead.None>(await Read(null, File));
        await Sh("echo '@daily nobody-here x' >/etc/cron.d/job");
        Assert.IsType<TableWrite.Written>(await Write(null, table, "@daily nobody-here y\n"u8.ToArray(), File));
    }

    [Fact]
    public async Task A_full_disk_leaves_the_file_as_it_was_and_no_litter()
    {
        await Sh("mount -t tmpfs -o size=8k none /etc/cron.d; echo A=1 >/etc/cron.d/job");
        var large = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("# filler filler filler filler\n", 1000)));
        var failed = Assert.IsType<TableWrite.Failed>(await Write(null, "A=1\n"u8.ToArray(), large, File));
        Assert.Equal(TableAfter.Unchanged, failed.After);
        Assert.Contains("disk", failed.Problem, StringComparison.Ordinal);
        Assert.Equal("job\n", (await Sh("ls -A /etc/cron.d")).OutputText);
        Assert.Equal("A=1\n", (await Sh("cat /etc/cron.d/job")).OutputText);
    }

    [Fact]
    public async Task A_kill_at_any_moment_leaves_the_old_file_or_the_new_one_and_what_it_leaves_the_daemon_does_not_read()
    {
        var (before, after) = ("A=before\n"u8.ToArray(), "A=after\n"u8.ToArray());
        for (var i = 0; i < 12; i++)
        {
            await Sh("printf 'A=before\\n' >/etc/cron.d/job; touch -d '1 hour ago' /etc/cron.d/job");
            using var process = _cron.Start(["/bin/sh", "-c", "exec " + HostCrontab.WriteCommand(before, after, File)]);
            await process.StandardInput.BaseStream.WriteAsync(after);
            process.StandardInput.Close();
            await Task.Delay(i * 8);
            process.Kill();
            await process.WaitForExitAsync();
            await Sh(string.Create(CultureInfo.InvariantCulture, $"rm -rf /tmp/cc-crontab.{process.Id}.*"));
            var now = Assert.IsType<TableRead.Present>(await Read(null, File)).Bytes;
            Assert.True(now.AsSpan().SequenceEqual(before) || now.AsSpan().SequenceEqual(after));
            Assert.All((await Sh("ls -A /etc/cron.d")).OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries), static name =>
                Assert.All(new[] { CronDialect.Debian, CronDialect.Cronie }, dialect =>
                    Assert.Equal(name == "job", FileRules.WhyIgnored(new TableFile(TablePlace.CronD, name, 0, 0b110_100_100), dialect) is null)));
        }

        // What was under way at a kill still has the lock, which each write waits for.
        var last = Assert.IsType<TableWrite.Changed>(await Write(null, "A=other\n"u8.ToArray(), before, File)).Current;
        Assert.IsType<TableWrite.Written>(await Write(null, last, "A=last\n"u8.ToArray(), File));
        Assert.Equal("job\n", (await Sh("ls -A /etc/cron.d")).OutputText);
    }

    [Fact]
    public async Task Without_root_and_sudo_it_is_refused_in_words()
    {
        foreach (var sudo in new[] { true, false })
        {
            if (!sudo)
            {
                await _cron.RunAsync(["mount", "--bind", "/dev/null", "/usr/bin/sudo"]);
            }

            var failed = Assert.IsType<TableWrite.Failed>(await Write(_user, null, "A=1\n"u8.ToArray(), File));
            Assert.Contains("Only root", failed.Problem, StringComparison.Ordinal);
            Assert.Contains(sudo ? "password is required" : "there is no sudo", failed.Problem, StringComparison.Ordinal);
            Assert.Equal(TableAfter.Unchanged, failed.After);
            Assert.Contains("Only root", Assert.IsType<TableRead.Failed>(await Read(_user, TableId.Parse("root"))).Problem, StringComparison.Ordinal);
            Assert.IsType<TableRead.None>(await Read(_user, TableId.Parse(_user.Name)));
        }
    }

    [Fact]
    public async Task By_sudo_without_a_password_tables_of_others_and_files_are_read_and_written()
    {
        await Sh($"echo '{_user.Name} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers; chmod 440 /etc/sudoers");
        var other = await _cron.AddUserAsync();
        var theirs = TableId.Parse(other.Name);
        var table = Encoding.UTF8.GetBytes("# one\n# two\r\n@daily x % y\n");
        Assert.IsType<TableWrite.Written>(await Write(_user, null, table, theirs));
        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(other, null)).Bytes);
        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(_user, theirs)).Bytes);
        Assert.IsType<TableWrite.Changed>(await Write(_user, null, table, theirs));
        Assert.IsType<TableWrite.Written>(await Write(_user, table, null, theirs));
        Assert.IsType<TableRead.None>(await Read(other, null));

        Assert.IsType<TableWrite.Written>(await Write(_user, null, "@daily root x\n"u8.ToArray(), File));
        Assert.Equal("644 0 0 1", await StatusAsync("/etc/cron.d/job"));
        await Sh("chmod 600 /etc/cron.d/job");
        Assert.Equal("@daily root x\n"u8.ToArray(), Assert.IsType<TableRead.Present>(await Read(_user, File)).Bytes);
        Assert.IsType<TableWrite.Written>(await Write(_user, "@daily root x\n"u8.ToArray(), null, File));
        Assert.Equal("", (await _cron.RunAsync(["find", "/tmp", "-maxdepth", "1", "-name", "cc-crontab.*", "-user", _user.Name])).OutputText);
    }

    [Fact]
    public async Task A_busybox_table_that_is_missing_is_none_and_what_else_fails_is_not()
    {
        var bin = Directory.CreateDirectory(Path.Combine(_cron.Root, "busybox")).FullName;
        await Sh($"ln -s /bin/busybox {bin}/crontab");
        var start = $"PATH={bin}:$PATH; export PATH; ";
        Assert.Equal("busybox", Assert.IsType<TableRead.None>(await Read(null, null, start)).Host.Implementation);
        Assert.IsType<TableWrite.Written>(await Write(null, null, "61 x\n"u8.ToArray(), null, start));
        Assert.Equal("61 x\n"u8.ToArray(), Assert.IsType<TableRead.Present>(await Read(null, null, start)).Bytes);
        Assert.IsType<TableWrite.Written>(await Write(null, "61 x\n"u8.ToArray(), null, null, start));
        Assert.IsType<TableRead.None>(await Read(null, null, start));
        await Sh("mount -t tmpfs none /var/spool/cron");
        Assert.IsType<TableRead.Failed>(await Read(null, null, start));
    }

    [Fact]
    public void A_plan_that_would_make_the_daemon_ignore_a_file_is_refused_unless_it_does_so_already()
    {
        var (good, bad) = ("@daily root x\n"u8.ToArray(), "@daily root x\n61 * * * * root y\n"u8.ToArray());
        Assert.Null(SystemTables.Refusal(File, CronDialect.Debian, null, good));
        Assert.Null(SystemTables.Refusal(File, CronDialect.Debian, bad, bad));
        Assert.Null(SystemTables.Refusal(File, CronDialect.Debian, bad, null));
        Assert.Null(SystemTables.Refusal(TableId.Parse("alice"), CronDialect.Debian, good, bad));
        Assert.Contains("the whole of /etc/cron.d/job: line 2", SystemTables.Refusal(File, CronDialect.Debian, good, bad)!.Message, StringComparison.Ordinal);
        Assert.Contains("line feed", SystemTables.Refusal(SystemTable, CronDialect.Debian, good, "@daily root x"u8.ToArray())!.Message, StringComparison.Ordinal);
        foreach (var (dialect, name, isRead) in new[]
        {
            (CronDialect.Debian, "a_B-9", true), (CronDialect.Debian, "a.b", false), (CronDialect.Debian, "a b", false), (CronDialect.Debian, "a\u00e9", false),
            (CronDialect.Cronie, "a.b", true), (CronDialect.Cronie, "a~", false), (CronDialect.Cronie, "#a", false), (CronDialect.Cronie, "a.rpmnew", false),
            (CronDialect.Cronie, ".a", false), (CronDialect.Busybox, "a", false),
        })
        {
            Assert.Equal(isRead, SystemTables.Refusal(TableId.Parse("/etc/cron.d/" + name), dialect, null, good) is null);
        }
    }

    [Fact]
    public async Task What_someone_writes_while_the_new_file_is_made_is_not_overwritten()
    {
        var (before, mine, theirs) = ("A=0\n"u8.ToArray(), "A=mine\n"u8.ToArray(), "A=theirs\n"u8.ToArray());
        await Sh("echo A=0 >/etc/cron.d/job");
        var start = await InsteadAsync("sync", """case $1 in *.new) echo A=theirs >/etc/cron.d/job ;; esac""");
        Assert.Equal(theirs, Assert.IsType<TableWrite.Changed>(await Write(null, before, mine, File, start)).Current);
        Assert.Equal("A=theirs\n", (await Sh("cat /etc/cron.d/job")).OutputText);
        Assert.Equal("job\n", (await Sh("ls -A /etc/cron.d")).OutputText);
    }

    [Fact]
    public async Task What_is_found_in_place_of_the_new_file_is_told_before_the_old_one_is_put_back()
    {
        await Sh("echo A=0 >/etc/cron.d/job");
        var start = await InsteadAsync("mv", """/bin/mv "$@"; rc=$?; case $2 in *.new) echo A=theirs >/etc/cron.d/job ;; esac; exit $rc""");
        var failed = Assert.IsType<TableWrite.Failed>(await Write(null, "A=0\n"u8.ToArray(), "A=mine\n"u8.ToArray(), File, start));
        Assert.Equal(TableAfter.Restored, failed.After);
        Assert.Equal("A=theirs\n"u8.ToArray(), failed.Displaced);
        Assert.Equal("A=0\n", (await Sh("cat /etc/cron.d/job")).OutputText);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_nobody_hears_of_is_not_taken_away(bool isFile)
    {
        var (before, mine) = ("A=0\n"u8.ToArray(), "A=mine\n"u8.ToArray());
        Assert.IsType<TableWrite.Written>(await Write(isFile ? null : _user, null, before, isFile ? File : null));
        var start = isFile
            ? await InsteadAsync("mv", """/bin/mv "$@"; rc=$?; case $2 in *.new) echo A=theirs >/etc/cron.d/job ;; esac; exit $rc""")
            : await InsteadAsync("crontab", OnceTheirs());
        // The reader is gone when the verdict comes: what is written to it fails.
        var command = HostCrontab.WriteCommand(before, mine, isFile ? File : null);
        await _cron.RunAsync(["/bin/sh", "-c", $"{start}({command}) >/dev/full"], isFile ? null : _user, mine);
        var now = Assert.IsType<TableRead.Present>(await Read(isFile ? null : _user, isFile ? File : null));
        Assert.Equal("A=theirs\n"u8.ToArray(), now.Bytes);
    }

    [Fact]
    public async Task What_is_found_in_place_of_a_users_new_table_is_told_before_the_old_one_is_put_back()
    {
        var before = "A=0\n"u8.ToArray();
        Assert.IsType<TableWrite.Written>(await Write(_user, null, before, null));
        var start = await InsteadAsync("crontab", OnceTheirs());
        var failed = Assert.IsType<TableWrite.Failed>(await Write(_user, before, "A=mine\n"u8.ToArray(), null, start));
        Assert.Equal(TableAfter.Restored, failed.After);
        Assert.Equal("A=theirs\n"u8.ToArray(), failed.Displaced);
        Assert.Equal(before, Assert.IsType<TableRead.Present>(await Read(_user, null)).Bytes);
    }

    /// <summary>crontab, and once another editor right behind it: twice, and the old table could not be put back.</summary>
    private string OnceTheirs()
    {
        var once = Path.Combine(_cron.Root, "instead", "once");
        return $"""/usr/bin/crontab "$@"; rc=$?; case $1 in -) test -e {once} || {"{"} echo >{once}; echo A=theirs | /usr/bin/crontab -; {"}"} ;; esac; exit $rc""";
    }

    /// <summary>The start of a command line for which a program is another one.</summary>
    private async Task<string> InsteadAsync(string program, string script)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_cron.Root, "instead")).FullName;
        var file = Path.Combine(folder, program);
        await System.IO.File.WriteAllTextAsync(file, "#!/bin/sh\n" + script + "\n");
        await Sh($"chmod 755 {_cron.Root} {file}; chmod 777 {folder}");
        return $"PATH={folder}:$PATH; export PATH; ";
    }

    private Task<CronResult> Sh(string command) => _cron.RunAsync(["/bin/sh", "-c", command]);

    private async Task<string> StatusAsync(string path) => (await Sh(string.Create(CultureInfo.InvariantCulture, $"stat -c '%a %u %g %h' {path}"))).OutputText.Trim();

    private async Task<TableRead> Read(CronUser? login, TableId? table, string start = "")
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", start + HostCrontab.ReadCommand(table)], login);
        return HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error);
    }

    private async Task<TableWrite> Write(CronUser? login, byte[]? expected, byte[]? wanted, TableId? table, string start = "")
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", start + HostCrontab.WriteCommand(expected, wanted, table)], login, wanted ?? []);
        return HostCrontab.ParseWrite(result.ExitCode, result.Output, result.Error);
    }
}
