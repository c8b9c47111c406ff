using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using Xunit;

namespace CcConsole.Core.Tests.Crontab.Lint;

public sealed class LintRulesTests
{
    /// <summary>Dialect, line (its line feed is added), the codes that it gets with their columns, in order.</summary>
    public static TheoryData<string, string, string> Lines => new()
    {
        // What is good.
        { "debian cronie busybox", "*/5 9-17 * * mon-fri /usr/bin/x --y=1", "" },
        { "debian cronie busybox", "@daily x", "" },
        { "debian cronie", "0 3 * * * root%Hello%World", "" },
        { "debian cronie", "0 3 * * * mail -s x root%Hello, Otto", "" },
        { "debian cronie", "0 3 * * * echo `date +\\%F` '\\%H'", "" },
        { "debian cronie busybox", "0 0 1-7 * * [ $(date +u) = 1 ] && x", "" },
        { "debian cronie busybox", "0 0 * * 1 x # y", "" },
        { "debian cronie", "FOO=\"\"", "" },
        { "debian cronie", "PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin", "" },

        // Refused.
        { "debian", "5/10 * * * * x", "bad-minute:1" },
        { "debian cronie", "0 24 * * * x", "bad-hour:3" },
        { "debian cronie", "0 0 L * * x", "bad-day-of-month:5" },
        { "debian cronie", "0 0 1 13 * x", "bad-month:7" },
        { "debian cronie", "0 0 * * sunday x", "bad-day-of-week:9" },
        { "debian cronie", "@Daily x", "bad-time-specifier:1" },
        { "debian cronie", "  @every 5m x", "bad-time-specifier:3" },
        { "debian cronie", "* * * * * * x", "bad-command:11" },
        { "cronie", "* * * * *", "bad-command:10" },
        { "debian", "* * * * *", "no-command:10" },
        { "cronie", "* * * * * -q x", "bad-option:11" },
        { "debian", "* * * * * -n x", "option-is-command:11" },
        { "debian", "FOO=", "bad-variable:4" },
        { "debian cronie", "FOO=\"a\" b", "bad-variable:4" },
        { "debian cronie", "FOO='a", "bad-variable:4" },
        { "debian cronie", "export FOO=a", "shell-syntax:1" },
        { "debian cronie", "\r", "lone-carriage-return:1" },
        { "debian cronie", "\ufeff0 0 * * * x", "byte-order-mark:1" },
        { "debian cronie", "0\u00a00 * * * x", "invisible-blank:2" },
        { "debian cronie", "0 0\u000b* * * x", "invisible-blank:4" },
        { "debian cronie", "* * * * * x\0y", "nul-byte:12" },

        // Accepted, and something else.
        { "debian", "0 0 * * fri-sun x", "never-fires:9" },
        { "cronie", "0 0 * * fri-sun x", "" },
        { "debian cronie", "5-3 * * * * x", "never-fires:1" },
        { "debian cronie", "1,5-3 * * * * x", "empty-range:3" },
        { "debian cronie busybox", "0 0 30 feb * x", "never-fires:1" },
        { "cronie", "5-0 * * * * x", "range-to-zero:1" },
        { "debian", "0 0 * * 5#2 x", "dropped-tail:10" },
        { "debian", "*/5/2 * * * * x", "dropped-tail:4" },
        { "debian", "*foo * * * * x", "dropped-tail:2" },
        { "debian", "0~10 * * * * x", "tilde-not-random:2" },
        { "cronie", "0~10 * * * * x", "" },
        { "debian cronie", "*/100 * * * * x", "step-too-large:1" },
        { "debian cronie", "1-5/100 * * * * x", "step-too-large:1" },
        { "debian cronie", "*/45 * * * * x", "uneven-step:1" },
        { "debian", "4294967301 * * * * x", "number-overflow:1" },
        { "debian cronie busybox", "0 0 1,15 * mon x", "either-day:5" },
        { "debian cronie", "0 0 1-31 * mon x", "either-day:5" },
        { "debian cronie", "0 0 */2 * mon x", "both-days:5" },
        { "debian cronie", "0 0 * * * 2026 x", "sixth-field:11" },
        { "debian cronie", "0 0 * * * root x", "user-in-user-table:11" },
        { "debian cronie", "0 0 * * * x\r", "carriage-return:12" },
        { "debian cronie", "0 0 * * * x \\", "line-continuation:13" },
        { "debian cronie", "0 0 * * * x\u00a0y", "invisible-character:12" },
        { "debian cronie", "0 0 * * * tar cf b-$(date +%F).tar", "percent-in-format:28" },
        { "debian cronie", "0 0 * * * date '+%F'", "percent-in-quotes:18" },
        { "debian cronie", "0 0 * * * printf %s x", "percent-in-format:18" },
        { "debian cronie", "@reboot x", "reboot-entry:1" },
        { "debian cronie", "FOO-BAR=x", "odd-variable-name:1" },
        { "debian cronie", "@daily=x", "odd-variable-name:1" },
        { "debian cronie", "FOO=a # c", "comment-in-value:7" },
        { "debian cronie", "PATH=$PATH:/x", "variable-not-expanded:1" },
        { "debian cronie", "SHELL=bash", "shell-not-absolute:1" },
        { "debian cronie", "LOGNAME=x", "variable-ignored:1" },
        { "debian", "CRON_TZ=Europe/Berlin", "cron-tz-ignored:1" },
        { "cronie", "CRON_TZ=Europe/Berlin", "" },
        { "debian", "RANDOM_DELAY=5", "random-delay:1" },
        { "cronie", "RANDOM_DELAY=5", "" },
        { "cronie", "RANDOM_DELAY=5m", "random-delay:1" },

        // busybox passes over, cuts, and goes on with half a field.
        { "busybox", "* * * * *", "ignored-line:10" },
        { "busybox", "@Daily x", "ignored-line:1" },
        { "busybox", "FOO=a", "variable-ignored:1" },
        { "busybox", "SHELL = /bin/sh", "variable-ignored:1" },
        { "busybox", "SHELL=\"/bin/sh\"", "quotes-kept:1" },
        { "busybox", "0 0 * * 7 x", "partial-field:9" },
        { "busybox", "5,x 0 * * * x", "partial-field:1" },
        { "busybox", "0 0 * * * echo 'a#b'", "hash-cuts-command:18" },
        { "busybox", "0 0 * * * date '+\\%F'", "escaped-percent:18" },
        { "busybox", "0 0 * * * date +%F", "" },
        { "busybox", "@daily echo 'a#b'", "" },
        { "busybox", "# a \\\n0 0 * * * x", "line-continuation:5" },
        { "busybox", "0 0 * * * x \\\n  y", "" },
    };

    [Theory, MemberData(nameof(Lines))]
    public void A_line_gets_its_codes_at_their_columns(string dialects, string line, string codes)
    {
        foreach (var name in dialects.Split(' '))
        {
            var report = Lint(line + "\n", name);
            Assert.Equal(codes, string.Join(' ', report.Findings.Select(finding => $"{finding.Code}:{finding.Column}")));
            Assert.All(report.Findings, finding => Assert.Equal(1, finding.Line));
        }
    }

    [Fact]
    public void Every_finding_has_words_and_a_code_that_is_known()
    {
        foreach (var (dialects, line, _) in Lines.Select(row => row.Data))
        {
            foreach (var finding in dialects.Split(' ').SelectMany(name => Lint(line + "\n", name).Findings))
            {
                Assert.Contains(finding.Code, LintCodes.All);
                Assert.NotEmpty(finding.Message);
                Assert.NotEmpty(finding.Hint);
                Assert.False(char.IsAsciiLetterUpper(finding.Message[0]) && char.IsAsciiLetterLower(finding.Message[1]), finding.Message);
                Assert.DoesNotMatch("\\.$", finding.Message);
                Assert.DoesNotMatch("\\.$", finding.Hint);
            }
        }
    }

    [Fact]
    public void Codes_are_stable_names_and_none_is_there_twice()
    {
        Assert.All(LintCodes.All, code => Assert.Matches("^[a-z]+(-[a-z]+)*$", code.Name));
        Assert.Equal(LintCodes.All.Count, LintCodes.All.DistinctBy(code => code.Name).Count());
        Assert.True(LintCodes.All.Count >= 50);
    }

    [Fact]
    public void Columns_count_characters_and_not_bytes()
    {
        var report = CrontabLinter.Lint(CrontabDocument.Parse([.. Encoding.UTF8.GetBytes("0 0 * * * echo é日本👩"), 0xFF, .. " $(date +%F)\n"u8]));
        Assert.Equal(30, Assert.Single(report.Findings).Column);
    }

    private static LintReport Lint(string table, string dialect) =>
        CrontabLinter.Lint(CrontabDocument.Parse(Encoding.UTF8.GetBytes(table), CronDialects.Of(dialect)));
}
