using System.CommandLine;

namespace CcConsole.Verbs.Crontab;

/// <summary>The verbs that need no host: what a line and a schedule mean.</summary>
internal static class CrontabVerbs
{
    public static Command Create() => Verb.Group(
        "crontab", "Tables, schedules and lines, without a host",
        LintVerb.Create(), NextVerb.Create(), ExplainVerb.Create(), WrapVerb.Create(), UnwrapVerb.Create());
}
