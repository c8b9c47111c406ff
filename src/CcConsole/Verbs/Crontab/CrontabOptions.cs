using System.CommandLine;
using CcConsole.Core.Cron;

namespace CcConsole.Verbs.Crontab;

/// <summary>What several of the crontab verbs take.</summary>
internal static class CrontabOptions
{
    public static readonly Option<CronDialect> Dialect = new("--dialect")
    {
        Description = "Whose rules: debian, cronie or busybox",
        HelpName = "debian|cronie|busybox",
        DefaultValueFactory = _ => CronDialect.Debian,
        CustomParser = result =>
        {
            if (CronDialects.TryParse(result.Tokens[0].Value, out CronDialect dialect)) return dialect;
            result.AddError($"--dialect {result.Tokens[0].Value}: it is one of debian, cronie and busybox");
            return default;
        },
    };

    public const string ScheduleText = "Five fields or an @word, as one argument";
}
