namespace CcConsole.Core.Crontab.Discovery;

/// <summary>A job of anacron's table (anacrontab(5)): it runs when so many days have passed since its last run.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Period">As written: a number of days, or <c>@monthly</c>.</param>
/// <param name="Days">The period in days; null for a month, a year, or what anacron does not understand.</param>
/// <param name="Delay">After anacron's start, without the random part.</param>
/// <param name="RandomDelay">At most so much is added (RANDOM_DELAY); zero when there is none.</param>
/// <param name="Hours">The hours of the day in which anacron starts jobs (START_HOURS_RANGE), as written: <c>3-22</c>; null for all.</param>
/// <param name="Command">The command.</param>
/// <param name="Line">The 1-based number of its line.</param>
/// <param name="LastRun">The day of its last run; null where the host does not tell.</param>
/// <param name="Ignored">Why it does not run; null when it does.</param>
public sealed record AnacronJob(
    string Id, string Period, int? Days, TimeSpan Delay, TimeSpan RandomDelay, string? Hours, string Command, int Line, DateOnly? LastRun, string? Ignored);
