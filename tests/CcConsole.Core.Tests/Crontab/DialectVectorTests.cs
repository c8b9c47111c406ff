using System.Text.Json;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class DialectVectorTests
{
    [Fact]
    public void Every_vector_is_accepted_or_refused_as_the_daemons_did()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Vectors.Find("crontab/dialects.json")));
        var wrong = new List<string>();
        foreach (var vector in vectors.RootElement.EnumerateArray())
        {
            var table = vector.GetProperty("input_base64").GetBytesFromBase64();
            foreach (var (name, dialect) in new[] { ("debian", CronDialect.Debian), ("cronie", CronDialect.Cronie) })
            {
                var expected = vector.GetProperty(name).GetProperty("accepted").GetBoolean();
                var report = CrontabLinter.Lint(CrontabDocument.Parse(table, dialect));
                if (report.Accepted != expected || (!expected && report.Findings.All(finding => finding.Severity != LintSeverity.Error)))
                {
                    wrong.Add($"{vector.GetProperty("case").GetString()} ({name}): expected {expected}");
                }
            }
        }

        Assert.True(vectors.RootElement.GetArrayLength() > 90);
        Assert.Empty(wrong);
    }
}
