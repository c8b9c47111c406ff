using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>What the inner shell is given in the end, by real shells and by the real daemon.</summary>
public sealed class WrappedRunTests : IAsyncLifetime
{
    // Stands in for the agent: writes down each argument, and its input, between NULs.
    private const string Recorder = """
        #!/bin/sh
        id=$3
        shift 3
        { for word; do printf '%s\0' "$word"; done; cat; } >"$CC_TEST_OUT/$id.part"
        mv "$CC_TEST_OUT/$id.part" "$CC_TEST_OUT/$id"
        """;

    private CronDaemon _cron = null!;
    private string _agent = "";
    private string _out = "";

    public async ValueTask InitializeAsync()
    {
        _cron = await CronDaemon.CreateAsync();
        _agent = Path.Combine(_cron.Root, "agent");
        _out = Path.Combine(_cron.Root, "out");
        await File.WriteAllTextAsync(_agent, Recorder.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(_agent, (UnixFileMode)Convert.ToInt32("755", 8));
        Directory.CreateDirectory(_out);
        File.SetUnixFileMode(_out, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Theory]
    [InlineData(CronDialect.Debian)]
    [InlineData(CronDialect.Cronie)]
    public async Task A_thousand_random_commands_reach_the_inner_shell_unchanged(CronDialect dialect)
    {
        var random = new Random(13);
        var commands = Enumerable.Range(0, 1_000).Select(_ => CommandWrapperTests.RandomCommand(random)).ToList();
        var script = new StringBuilder();
        for (var i = 0; i < commands.Count; i++)
        {
            // cron's part by the model, the shell's by the shell itself: a file for each line, run as cron runs it.
            var line = Encoding.UTF8.GetString(CommandWrapper.Wrap(new WrappedCommand(_agent, $"{i}", null, [], commands[i])));
            var given = CronCommand.Split(Encoding.UTF8.GetBytes(line), dialect);
            Assert.Null(given.RawInput);
            await File.WriteAllBytesAsync(Path.Combine(_cron.Root, $"line{i}"), given.Shell.ToArray());
        }

        script.Append("export CC_TEST_OUT=").Append(_out).Append("; i=0; while [ $i -lt 1000 ]; do /bin/sh \"").Append(_cron.Root).Append("/line$i\" </dev/null; i=$((i+1)); done");
        var result = await _cron.RunAsync(["/bin/sh", "-c", script.ToString()], timeoutSeconds: 600);
        Assert.Equal("", result.ErrorText);
        for (var i = 0; i < commands.Count; i++)
        {
            Assert.Equal($"--\0/bin/sh\0-c\0{commands[i]}\0", await File.ReadAllTextAsync(Path.Combine(_out, $"{i}")));
        }
    }

    [Fact]
    public async Task Twenty_commands_and_their_input_pass_the_real_daemon_unchanged()
    {
        var user = await _cron.AddUserAsync();
        var random = new Random(17);
        var commands = new List<string> { "echo a\\\\b '%' \"$HOME\" `x`; y | z & é✓", "\\", "\\\\", "%", "\\%", "'", "''\\''", "\\\\%\\%\\" };
        while (commands.Count < 20)
        {
            commands.Add(CommandWrapperTests.RandomCommand(random));
        }

        var table = CrontabDocument.Parse(Encoding.UTF8.GetBytes($"CC_TEST_OUT={_out}\n"));
        for (var i = 0; i < commands.Count; i++)
        {
            var wrapped = new WrappedCommand(_agent, $"{i}", null, [], commands[i]) { RawInput = i % 2 == 0 ? null : [.. "one%two\\%three"u8] };
            table = table.Add(new EntryText("@reboot", CommandWrapper.Wrap(wrapped)));
        }

        // And adopted entries, which the daemon unescapes before the wrapper is there, and must unescape to the same after.
        foreach (var (i, raw) in new[] { (20, @"a\\b \\\\c \d \% \\"), (21, @"x \\%in\\put%end") })
        {
            table = table.Add(new EntryText("@reboot", Encoding.UTF8.GetBytes(raw)));
            table = Adoption.Adopt(table, table.Entries.Last(), _agent, $"{i}", null, []);
        }

        await _cron.InstallAsync(user, table.ToBytes());
        _cron.StartDaemon();
        var expected = commands.Select((command, i) => $"--\0/bin/sh\0-c\0{command}\0{(i % 2 == 0 ? "" : "one\ntwo%three\n")}")
            .Append("--\0/bin/sh\0-c\0a\\b \\\\c \\d % \\\0").Append("--\0/bin/sh\0-c\0x \\\0in\\\\put\nend\n").ToList();
        for (var i = 0; i < 600 && Directory.GetFiles(_out).Count(file => !file.EndsWith(".part", StringComparison.Ordinal)) < expected.Count; i++)
        {
            await Task.Delay(100);
        }

        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i], await File.ReadAllTextAsync(Path.Combine(_out, $"{i}")));
        }
    }
}
