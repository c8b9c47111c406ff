using System.CommandLine;
using CcConsole.Core.Cron;

namespace CcConsole.Verbs.Crontab;

/// <summary>What several of the crontab verbs take.</summary>
internal static class CrontabOptions
{
    public static readonly Option<CronDialect> Dialect = new("--dialect")
    {
        Description = "Whose rules: debian or cronie",
        HelpName = "debian|cronie",
        DefaultValueFactory = _ => CronDialect.Debian,
    };

    public static readonly Argument<string> Schedule = new("SCHEDULE") { Description = "Five fields or an @word, as one argument" };
}
