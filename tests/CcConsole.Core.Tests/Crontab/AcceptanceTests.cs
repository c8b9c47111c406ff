using System.Globalization;
using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class AcceptanceTests : IAsyncLifetime
{
    private CronDaemon _cron = null!;

    public async ValueTask InitializeAsync() => _cron = await CronDaemon.CreateAsync();

    public ValueTask DisposeAsync() => _cron.DisposeAsync();

    [Fact]
    public async Task Random_tables_are_accepted_exactly_when_the_real_crontab_accepts_them()
    {
        const int Count = 6_000;
        var seed = Environment.GetEnvironmentVariable("CC_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        var random = new Random(seed);
        var tables = Enumerable.Range(0, Count).Select(_ => TableFuzz.Create(random)).ToList();
        for (var i = 0; i < Count; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(_cron.Root, $"t{i}"), tables[i]);
        }

        var halves = await Task.WhenAll(VerdictsAsync(0, Count / 2), VerdictsAsync(Count / 2, Count));
        var verdicts = halves.SelectMany(half => half).ToList();
        Assert.Equal(Count, verdicts.Count);
        Assert.InRange(verdicts.Count(accepted => accepted), Count / 10, Count * 9 / 10);
        var wrong = Enumerable.Range(0, Count).Where(i => verdicts[i] != CrontabLinter.Lint(CrontabDocument.Parse(tables[i])).Accepted).ToList();
        Assert.True(wrong.Count == 0, string.Create(CultureInfo.InvariantCulture, $"CC_SEED={seed}: {wrong.Count} differ\n")
            + string.Join('\n', wrong.Take(10).Select(i => $"crontab says {verdicts[i]} of {Convert.ToBase64String(tables[i].AsSpan(0, Math.Min(600, tables[i].Length)))} {Show(tables[i])}")));
    }

    /// <summary>What crontab -n says of some of the tables: one shell asks of all of them.</summary>
    private async Task<List<bool>> VerdictsAsync(int from, int to)
    {
        var result = await _cron.RunAsync(["/bin/sh", "-c",
            $"cd {_cron.Root}; i={from}; while [ $i -lt {to} ]; do crontab -n - <t$i >/dev/null 2>&1; echo $?; i=$((i+1)); done"], timeoutSeconds: 600);
        return [.. result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(code => code == "0")];
    }

    private static string Show(byte[] table) => Encoding.Latin1.GetString(table).Replace("\n", "|", StringComparison.Ordinal)[..Math.Min(200, table.Length)];
}
