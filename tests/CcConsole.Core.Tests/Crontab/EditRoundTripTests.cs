using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>Edited tables, given to the real crontab and read by the real daemon.</summary>
public sealed class EditRoundTripTests : IAsyncLifetime
{
    private CronDaemon _cron = null!;

    public async ValueTask InitializeAsync() => _cron = await CronDaemon.CreateAsync();

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Fact]
    public async Task Every_edit_is_installed_by_crontab_and_undone_to_the_same_bytes()
    {
        var user = await _cron.AddUserAsync();
        const string original = "# my table\n\nSHELL=/bin/bash\nMAILTO=\"\"\n#cc: name=Backup\n30 2 * * *\t tar c 'a b' \\% %in%put\n*/5 * * * *  true\n";
        var table = CrontabDocument.Parse(Encoding.UTF8.GetBytes(original));
        Func<CrontabDocument, CrontabDocument>[] edits =
        [
            now => now.AddVariable(null, "GREETING", "it's \"here\""),
            now => now.SetVariable(now.Lines.OfType<VariableLine>().First(each => each.Name == "MAILTO"), " ops "),
            now => now.AddComment(1, "0 5 * * * not an entry"),
            now => now.Mark(now.Entries.First(), "Nightly name=x tags=y", ["db", "größe"]),
            now => now.Duplicate(now.Entries.First(), "Nightly (copy)", now.Slice(now.Entries.First().CommandSpan)),
            now => now.Pause(now.Entries.ElementAt(1)),
            now => Adoption.Adopt(now, now.Entries.First(), "/usr/bin/cc-agent", "nightly", null, []),
            now => now.ReplaceSchedule(now.Entries.Last(), "@hourly"),
        ];
        List<byte[]> steps = [table.ToBytes()];
        foreach (var edit in edits)
        {
            table = edit(CrontabDocument.Parse(steps[^1]));
            Assert.True(table.IsAccepted);
            await InstallAsync(user, table.ToBytes());
            steps.Add(table.ToBytes());
        }

        table = table.ReplaceSchedule(table.Entries.Last(), "*/5 * * * *");
        table = Adoption.Release(table, table.Entries.First());
        table = table.Remove(table.Entries.ElementAt(1));
        table = table.Mark(table.Entries.First(), "Backup", []);
        table = table.Remove((CommentLine)table.Lines[0]);
        table = table.SetVariable(table.Lines.OfType<VariableLine>().First(each => each.Name == "MAILTO"), "");
        table = table.Remove(table.Lines.OfType<VariableLine>().First(each => each.Name == "GREETING"));
        Assert.Equal(original, Encoding.UTF8.GetString(table.Bytes));
        await InstallAsync(user, table.ToBytes());
    }

    [Fact]
    public async Task The_daemon_hands_a_job_exactly_the_values_that_were_set()
    {
        var user = await _cron.AddUserAsync();
        var output = Path.Combine(_cron.Root, "env");
        Directory.CreateDirectory(output);
        File.SetUnixFileMode(output, (UnixFileMode)Convert.ToInt32("777", 8));
        string[] values = ["x", "a b", " outer ", "", "\"q\"", "it's", "'s'", "a=b", "a # c", "\ttab\t", "\"", "a\"", "ü ✓", "50%", "\\", "$HOME", "'a\" ", new string('v', 980)];
        var table = CrontabDocument.Parse(Encoding.UTF8.GetBytes($"@reboot env -0 >{output}/part; mv {output}/part {output}/all\n"));
        List<(string Name, string Value)> set = [];
        foreach (var value in values)
        {
            try
            {
                table = table.AddVariable(null, $"V{set.Count}", value);
                set.Add(($"V{set.Count}", value));
            }
            catch (ProblemException refused)
            {
                Assert.Equal("'a\" ", value);
                Assert.Contains("no notation", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(values.Length - 1, set.Count);
        await InstallAsync(user, table.ToBytes());
        _cron.StartDaemon();
        for (var i = 0; i < 600 && !File.Exists(Path.Combine(output, "all")); i++)
        {
            await Task.Delay(100);
        }

        var given = (await File.ReadAllTextAsync(Path.Combine(output, "all"))).Split('\0');
        Assert.All(set, variable => Assert.Contains($"{variable.Name}={variable.Value}", given));
    }

    private async Task InstallAsync(CronUser user, byte[] table)
    {
        await _cron.InstallAsync(user, table);
        var read = await _cron.RunAsync(["/bin/sh", "-c", "CRONTAB_NOHEADER=Y crontab -l"], user);
        Assert.Equal(Encoding.UTF8.GetString(table), read.OutputText);
    }
}
