using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>Against Debian's real crontab, with users of its own in a namespace of its own.</summary>
public sealed class HostCrontabTests : IAsyncLifetime
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
    public async Task A_user_without_a_table_has_none()
    {
        var none = Assert.IsType<TableRead.None>(await Read(_user));
        Assert.Equal((_user.Name, CronDialect.Debian, "debian"), (none.Host.User, none.Host.Dialect, none.Host.Implementation));
    }

    [Theory]
    [InlineData("# one\n# two\n# three\n# four\n* * * * * x\n")]
    [InlineData("")]
    [InlineData("\n\n# c")]
    [InlineData("* * * * * x\r\n# c\b\r\n")]
    [InlineData("# a\r\n# b\r\n# c\r\n# d\r\n* * * * * x\r\n")]
    [InlineData("* * * * * echo '\\r \\b' \r\n")]
    [InlineData("# \u00e9 \u2713 \x1b[31m\n@daily a\tb % c\n")]
    public async Task What_was_written_reads_back_byte_for_byte(string text)
    {
        var table = Encoding.UTF8.GetBytes(text);
        Assert.IsType<TableWrite.Written>(await Write(_user, null, table));
        if (text.Length == 0)
        {
            // There was none, and nothing had to be written.
            Assert.IsType<TableRead.None>(await Read(_user));
            return;
        }

        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(null, _user.Name)).Bytes);
        byte[] other = [.. "# r\r\n"u8];
        Assert.IsType<TableWrite.Written>(await Write(null, table, other, _user.Name));
        Assert.IsType<TableWrite.Written>(await Write(_user, other, []));
        Assert.Empty(Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
    }

    [Fact]
    public async Task A_table_without_the_header_is_read_byte_for_byte()
    {
        foreach (var text in new[] { "# a\n# b\n* * * * * x\r\n", "\0\u0001\u00ff\n* * * * * \u00ff\r\n", "# a\\r\n* * * * * x\r\n", "* * * * * x" })
        {
            var table = Encoding.Latin1.GetBytes(text);
            var file = Path.Combine(_cron.Root, "table");
            await File.WriteAllBytesAsync(file, table);
            await _cron.RunAsync(["install", "-m", "600", "-o", _user.Name, "-g", "crontab", file, "/var/spool/cron/crontabs/" + _user.Name]);
            var read = await Read(_user);
            if (text.StartsWith("# a\\r", StringComparison.Ordinal))
            {
                Assert.Contains("exact bytes", Assert.IsType<TableRead.Failed>(read).Problem, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(table, Assert.IsType<TableRead.Present>(read).Bytes);
            }
        }
    }

    [Fact]
    public async Task A_table_that_someone_changed_is_not_overwritten()
    {
        var (mine, theirs) = ("* * * * * mine\n"u8.ToArray(), "* * * * * theirs\n"u8.ToArray());
        await _cron.InstallAsync(_user, theirs);
        Assert.Equal(theirs, Assert.IsType<TableWrite.Changed>(await Write(_user, null, mine)).Current);
        Assert.Equal(theirs, Assert.IsType<TableWrite.Changed>(await Write(_user, mine, mine)).Current);
        Assert.Equal(theirs, Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
        await _cron.RunAsync(["crontab", "-r"], _user);
        Assert.Null(Assert.IsType<TableWrite.Changed>(await Write(_user, theirs, mine)).Current);
    }

    [Fact]
    public async Task Of_writers_at_once_one_wins_and_the_others_learn_of_it()
    {
        var start = "# start\n"u8.ToArray();
        await _cron.InstallAsync(_user, start);
        var tables = Enumerable.Range(0, 6).Select(i => Encoding.UTF8.GetBytes($"# writer {i}\n")).ToList();
        var results = await Task.WhenAll(tables.Select((table, i) => i % 2 == 0 ? Write(_user, start, table) : Write(null, start, table, _user.Name)));
        var winner = Assert.Single(Enumerable.Range(0, 6), i => results[i] is TableWrite.Written);
        Assert.All(results.Where((_, i) => i != winner), result => Assert.Equal(tables[winner], Assert.IsType<TableWrite.Changed>(result).Current));
        Assert.Equal(tables[winner], Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
    }

    [Fact]
    public async Task What_the_daemon_refuses_leaves_the_table_as_it_was()
    {
        var table = "* * * * * x\n"u8.ToArray();
        await _cron.InstallAsync(_user, table);
        foreach (var bad in new[] { "61 * * * * x\n", "* * * * * x" })
        {
            var failed = Assert.IsType<TableWrite.Failed>(await Write(_user, table, Encoding.UTF8.GetBytes(bad)));
            Assert.Equal(TableAfter.Unchanged, failed.After);
            Assert.Contains("refused", failed.Problem, StringComparison.Ordinal);
        }

        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
    }

    [Fact]
    public async Task A_new_table_that_arrives_cut_is_not_written()
    {
        var wanted = "* * * * * x\n* * * * * y\n"u8.ToArray();
        var result = await _cron.RunAsync(["/bin/sh", "-c", HostCrontab.WriteCommand(null, wanted)], _user, wanted[..12]);
        var failed = Assert.IsType<TableWrite.Failed>(HostCrontab.ParseWrite(result.ExitCode, result.Output, result.Error));
        Assert.Contains("whole", failed.Problem, StringComparison.Ordinal);
        Assert.IsType<TableRead.None>(await Read(_user));
    }

    [Fact]
    public async Task A_failure_is_told_in_words_and_is_never_an_empty_table()
    {
        await _cron.InstallAsync(_user, "* * * * * x\n"u8.ToArray());
        var other = await _cron.AddUserAsync();
        Assert.Contains("Only root", Assert.IsType<TableRead.Failed>(await Read(_user, other.Name)).Problem, StringComparison.Ordinal);
        Assert.Contains("no user", Assert.IsType<TableRead.Failed>(await Read(null, "nobody-of-that-name")).Problem, StringComparison.Ordinal);
        Assert.Contains("no user", Assert.IsType<TableWrite.Failed>(await Write(null, null, [10], "it's;a$name")).Problem, StringComparison.Ordinal);
        await _cron.RunAsync(["/bin/sh", "-c", $"echo {_user.Name} >/etc/cron.deny"]);
        Assert.Contains("may not use crontab", Assert.IsType<TableRead.Failed>(await Read(_user)).Problem, StringComparison.Ordinal);
        Assert.Contains("may not use crontab", Assert.IsType<TableWrite.Failed>(await Write(_user, null, [10])).Problem, StringComparison.Ordinal);
        await _cron.RunAsync(["chmod", "700", "/var/spool/cron/crontabs"]);
        Assert.Contains("may not open", Assert.IsType<TableRead.Failed>(await Read(other)).Problem, StringComparison.Ordinal);
        await _cron.RunAsync(["mount", "--bind", "/dev/null", "/usr/bin/crontab"]);
        Assert.Contains("no crontab command", Assert.IsType<TableRead.Failed>(await Read(other)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_table_as_it_was()
    {
        var table = "* * * * * x\n"u8.ToArray();
        await _cron.RunAsync(["mount", "-t", "tmpfs", "-o", "size=8k,mode=1730", "none", "/var/spool/cron/crontabs"]);
        await _cron.RunAsync(["chgrp", "crontab", "/var/spool/cron/crontabs"]);
        await _cron.InstallAsync(_user, table);
        var large = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("# filler filler filler filler\n", 1000)));
        var failed = Assert.IsType<TableWrite.Failed>(await Write(_user, table, large));
        Assert.Equal(TableAfter.Unchanged, failed.After);
        Assert.Equal(table, Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
    }

    [Fact]
    public async Task Of_a_write_that_is_settled_before_its_turn_nothing_comes_any_more()
    {
        var (before, after) = ("# before\n"u8.ToArray(), "# after\n"u8.ToArray());
        await _cron.InstallAsync(_user, before);
        Assert.Equal(before, Assert.IsType<TableRead.Present>(await Settle(_user, "abc1")).Bytes);
        Assert.Contains("given this change up", Assert.IsType<TableWrite.Failed>(await Write(_user, before, after, token: "abc1")).Problem, StringComparison.Ordinal);
        Assert.Equal(before, Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);

        // Each write has a token of its own, and one that was settled afterwards has had its effect.
        Assert.IsType<TableWrite.Written>(await Write(_user, before, after, token: "abc2"));
        Assert.Equal(after, Assert.IsType<TableRead.Present>(await Settle(_user, "abc2")).Bytes);
        Assert.IsType<TableWrite.Written>(await Write(_user, after, before, token: "abc3"));
        Assert.Equal(before, Assert.IsType<TableRead.Present>(await Settle(null, "abc3", _user.Name)).Bytes);
        Assert.Throws<ArgumentException>(() => HostCrontab.SettleCommand("../x"));
    }

    [Fact]
    public async Task Of_a_write_and_its_settlement_at_once_either_order_tells_the_truth()
    {
        for (var i = 0; i < 8; i++)
        {
            var (before, after) = ("# before\n"u8.ToArray(), Encoding.UTF8.GetBytes($"# after {i}\n"));
            await _cron.InstallAsync(_user, before);
            var write = Write(_user, before, after, token: $"{i}");
            await Task.Delay(i * 10);
            var settled = Assert.IsType<TableRead.Present>(await Settle(_user, $"{i}")).Bytes;
            Assert.Equal(settled.AsSpan().SequenceEqual(after), await write is TableWrite.Written);
            Assert.Equal(settled, Assert.IsType<TableRead.Present>(await Read(_user)).Bytes);
        }
    }

    [Fact]
    public async Task A_full_temporary_folder_is_told_and_no_table_is_read_in_part()
    {
        var table = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => $"# filler filler filler {i}\n")) + "* * * * * x\n");
        await _cron.InstallAsync(_user, table);
        var small = Directory.CreateDirectory(Path.Combine(_cron.Root, "small")).FullName;
        await _cron.RunAsync(["mount", "-t", "tmpfs", "-o", "size=32k,mode=1777", "none", small]);
        for (var free = 0; free <= 32; free += 4)
        {
            await _cron.RunAsync(["/bin/sh", "-c", $"rm -f {small}/fill; head -c {32 - free}k /dev/zero >{small}/fill"]);
            var result = await _cron.RunAsync(["/bin/sh", "-c", $"TMPDIR={small}; export TMPDIR; {HostCrontab.ReadCommand()}"], _user);
            var read = HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error);
            if (read is TableRead.Present present)
            {
                Assert.Equal(table, present.Bytes);
                Assert.True(free > 8, $"{free}k");
            }
            else
            {
                Assert.Contains("no room", Assert.IsType<TableRead.Failed>(read).Problem, StringComparison.Ordinal);
                Assert.True(free < 32, $"{free}k");
            }
        }
    }

    [Theory]
    [InlineData("cronie 1.7.2", true)]
    [InlineData("usage error: unrecognized option\n -n (dry run)", false)]
    public async Task A_header_belongs_to_the_table_where_the_daemon_writes_none(string version, bool kept)
    {
        var header = "# DO NOT EDIT THIS FILE - edit the master and reinstall.\n# (/tmp/x installed on Fri Nov 20)\n# (Cron version -- x)\n";
        var bin = Directory.CreateDirectory(Path.Combine(_cron.Root, "fake")).FullName;
        var crontab = Path.Combine(bin, "crontab");
        await File.WriteAllTextAsync(crontab, $"#!/bin/sh\ncase $1 in -l) cat {bin}/table ;; -V) echo '{version}' >&2 ;; esac\n");
        await File.WriteAllTextAsync(Path.Combine(bin, "table"), header + "@daily x\n");
        File.SetUnixFileMode(crontab, (UnixFileMode)0b111_101_101);
        var result = await _cron.RunAsync(["/bin/sh", "-c", $"PATH={bin}:$PATH; export PATH; {HostCrontab.ReadCommand()}"], null);
        var read = Assert.IsType<TableRead.Present>(HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error));
        Assert.Equal((kept ? header : "") + "@daily x\n", Encoding.UTF8.GetString(read.Bytes));
    }

    [Fact]
    public async Task A_lock_directory_of_someone_else_stops_the_write()
    {
        var folder = $"/tmp/cc-crontab-lock-{_user.Uid}";
        Directory.CreateSymbolicLink(folder, "/tmp");
        try
        {
            Assert.Contains("lock directory", Assert.IsType<TableWrite.Failed>(await Write(_user, null, [10])).Problem, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(folder);
        }

        var other = await _cron.AddUserAsync();
        await _cron.RunAsync(["install", "-d", "-m", "700", "-o", other.Name, folder]);
        Assert.Contains("lock directory", Assert.IsType<TableWrite.Failed>(await Write(_user, null, [10])).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hangup_at_any_moment_leaves_the_old_table_or_the_new_one_and_no_litter()
    {
        var (before, after) = ("# before\n"u8.ToArray(), "# after\n"u8.ToArray());
        for (var i = 0; i < 12; i++)
        {
            await _cron.InstallAsync(_user, before);
            using var process = _cron.Start(["/bin/sh", "-c", "exec " + HostCrontab.WriteCommand(before, after)], _user);
            await process.StandardInput.BaseStream.WriteAsync(after);
            process.StandardInput.Close();
            await Task.Delay(i * 8);
            // One that came to its end before is no longer there: kill's words about that belong to nobody.
            var hangUp = new System.Diagnostics.ProcessStartInfo("kill", ["-HUP", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { RedirectStandardError = true };
            using (var kill = System.Diagnostics.Process.Start(hangUp)!)
            {
                await kill.WaitForExitAsync();
            }

            await process.WaitForExitAsync();
            var now = Assert.IsType<TableRead.Present>(await Read(_user)).Bytes;
            Assert.True(now.AsSpan().SequenceEqual(before) || now.AsSpan().SequenceEqual(after));
        }

        var left = await _cron.RunAsync(["find", "/tmp", "-maxdepth", "1", "-name", "cc-crontab.*", "-user", _user.Name]);
        Assert.Equal("", left.OutputText);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("dash")]
    public async Task The_command_line_survives_a_login_shell(string shell)
    {
        var result = await _cron.RunAsync([shell, "-c", HostCrontab.ReadCommand()], _user);
        Assert.IsType<TableRead.None>(HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void The_command_line_holds_nothing_that_a_login_shell_would_change()
    {
        foreach (var command in new[] { HostCrontab.ReadCommand(TableId.Parse("o'b\\r!ien$x")), HostCrontab.WriteCommand([], [0, 255], null, "abc"), HostCrontab.SettleCommand("abc", TableId.Parse("/etc/cron.d/o'b $x")) })
        {
            Assert.Equal(2, command.Count(c => c == '\''));
            Assert.DoesNotContain(command, c => c is '!' or '\n' or '\r' or '^' or '~' or '*' or > '~');
            Assert.DoesNotContain("\\\\", command, StringComparison.Ordinal);
            Assert.DoesNotContain("\\'", command, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_login_shell_prints_before_the_answer_does_no_harm()
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", "echo Welcome to =table 5; echo mail >&2; " + HostCrontab.ReadCommand()], _user);
        Assert.IsType<TableRead.None>(HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task An_answer_that_is_cut_anywhere_is_a_failure()
    {
        await _cron.InstallAsync(_user, "# status none\nend\nstatus none\nend\n"u8.ToArray().AsSpan(0, 14).ToArray());
        var result = await _cron.RunAsync(["/bin/sh", "-c", HostCrontab.ReadCommand()], _user);
        Assert.IsType<TableRead.Present>(HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error));
        for (var length = 0; length < result.Output.Length; length++)
        {
            Assert.IsType<TableRead.Failed>(HostCrontab.ParseRead(255, result.Output.AsSpan(0, length), "closed"u8));
        }
    }

    [Fact]
    public async Task The_daemon_is_seen_when_it_runs()
    {
        _cron.StartDaemon();
        for (var i = 0; i < 600; i++)
        {
            if (Assert.IsType<TableRead.None>(await Read(_user)).Host.Daemon == CronDaemonState.Running)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("The daemon was not seen within a minute.");
    }

    private async Task<TableRead> Read(CronUser? login, string? user = null)
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", HostCrontab.ReadCommand(user is null ? null : TableId.Parse(user))], login);
        return HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error);
    }

    private async Task<TableRead> Settle(CronUser? login, string token, string? user = null)
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", HostCrontab.SettleCommand(token, user is null ? null : TableId.Parse(user))], login);
        return HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error);
    }

    private async Task<TableWrite> Write(CronUser? login, byte[]? expected, byte[]? wanted, string? user = null, string? token = null)
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c", HostCrontab.WriteCommand(expected, wanted, user is null ? null : TableId.Parse(user), token)], login, wanted ?? []);
        return HostCrontab.ParseWrite(result.ExitCode, result.Output, result.Error);
    }
}
