using System.Globalization;
using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class AcceptanceTests : IAsyncLifetime
{
    private static readonly string[] Pieces =
    [
        "*", "*", "*", "0", "5", "59", "60", "7", "8", "31", "1-5", "5-1", "*/5", "*/0", "1-9/3", "5/10", "1,2", "1,", ",1", "mon", "FRI", "sunday", "jan", "sun-sat",
        "0~10", "~", "**", "5#2", "L", "?", "00", "4294967301", "99999999999999999999", "@daily", "@reboot", "@Daily", "@", "#", "# c", "A=b", "A = b", "A=", "'A'=b", "A=\"b\" c", "=x",
        " ", " ", "\t", "\n", "\n", "\r", "\v", "\f", "x", "-", "%", "\\", "\"", "'", "=", "root", "\u00a0", "\u00ff", "\ufeff", "* * * * * x\n", "@hourly y\n", "0 0 1 1 1 z\n",
    ];

    private CronDaemon _cron = null!;

    public async ValueTask InitializeAsync() => _cron = await CronDaemon.CreateAsync();

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Fact]
    public async Task Random_tables_are_accepted_exactly_when_the_real_crontab_accepts_them()
    {
        const int Count = 1_000;
        var random = new Random(19);
        var tables = Enumerable.Range(0, Count).Select(_ => Create(random)).ToList();
        for (var i = 0; i < Count; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(_cron.Root, $"t{i}"), tables[i]);
        }

        var result = await _cron.RunAsync(["/bin/sh", "-c",
            $"cd {_cron.Root}; i=0; while [ $i -lt {Count} ]; do crontab -n - <t$i >/dev/null 2>&1; echo $?; i=$((i+1)); done"]);
        var verdicts = result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(code => code == "0").ToList();
        Assert.Equal(Count, verdicts.Count);
        Assert.InRange(verdicts.Count(accepted => accepted), Count / 10, Count * 9 / 10);
        for (var i = 0; i < Count; i++)
        {
            Assert.True(
                verdicts[i] == CrontabDocument.Parse(tables[i]).IsAccepted,
                string.Create(CultureInfo.InvariantCulture, $"crontab says {verdicts[i]} of table {i}: {Convert.ToBase64String(tables[i])} {Encoding.Latin1.GetString(tables[i]).ReplaceLineEndings("|")}"));
        }
    }

    private static byte[] Create(Random random)
    {
        var text = new StringBuilder();
        for (var lines = random.Next(1, 3); lines > 0; lines--)
        {
            if (random.Next(3) > 0)
            {
                // Near to an entry: five fields and a command, with something wrong now and then.
                for (var field = 0; field < 5; field++)
                {
                    text.Append(random.Next(3) > 0 ? "*" : Pieces[random.Next(Pieces.Length)]).Append(random.Next(12) == 0 ? "" : " ");
                }

                text.Append(random.Next(5) == 0 ? Pieces[random.Next(Pieces.Length)] : "x");
            }
            else
            {
                for (var n = random.Next(6); n > 0; n--)
                {
                    text.Append(Pieces[random.Next(Pieces.Length)]);
                }
            }

            text.Append(random.Next(12) == 0 ? "" : "\n");
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
