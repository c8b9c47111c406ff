namespace CcConsole.Core.Cron;

/// <summary>The clock that a job's fields are compared with, and what the daemon does when it changes.</summary>
internal readonly struct RunClock
{
    private const int SmallJump = 5;
    private const int LargeJump = 180;
    private readonly CronDialect _dialect;
    private readonly bool _isFixed;
    private readonly ZoneOffsets? _host;

    /// <param name="fields">The job's fields: those that start with a star make it a wildcard job.</param>
    /// <param name="dialect">The daemon.</param>
    /// <param name="zone">The zone of the fields.</param>
    /// <param name="host">The daemon's own zone, where the job has another (cronie's CRON_TZ); null otherwise.</param>
    public RunClock(in ScheduleFields fields, CronDialect dialect, TimeZoneInfo zone, TimeZoneInfo? host = null)
    {
        Offsets = ZoneOffsets.Of(zone);
        _dialect = dialect;
        _isFixed = !fields.MinuteStar && !fields.HourStar;
        _host = host is null ? null : ZoneOffsets.Of(host);
    }

    public ZoneOffsets Offsets { get; }

    /// <summary>The offsets of the daemon's own zone, where the job has another; null otherwise.</summary>
    public ZoneOffsets? Host => _host;

    private bool IsPlain => _dialect == CronDialect.Busybox || _host is not null;

    /// <summary>Whether the daemon runs, once the clock has gone ahead, what the clock has left out.</summary>
    public bool CatchesUp(in ZoneChange change) =>
        !IsPlain && change.Shift > 0 && change.Shift + 1 <= (_isFixed ? LargeJump : SmallJump);

    /// <summary>The minute from which the job runs again after a change of its clock: that of the change itself, or, where
    /// the daemon does not repeat it, the one that was not there before.</summary>
    public long EndOfRepeat(in ZoneChange change) =>
        IsPlain || !IsCaughtUpLater(change) ? change.Minute : change.Minute - change.Shift;

    /// <summary>Whether the job is left out because the daemon's own clock has gone back.</summary>
    public bool IsLeftOut(long minute, out long end)
    {
        end = 0;
        if (_host is null || !_host.TryLast(minute, minute - LargeJump - 1, out var past) || !IsCaughtUpLater(past))
        {
            return false;
        }

        end = past.Minute - past.Shift;
        return minute < end;
    }

    /// <summary>Whether, after a change of its own clock, the daemon runs only wildcard jobs until the clock shows what it has
    /// not shown before, and this job is none.</summary>
    public bool IsCaughtUpLater(in ZoneChange change) =>
        _isFixed && change.Shift < 0 && -(change.Shift + 1) < LargeJump + (_dialect == CronDialect.Cronie ? 1 : 0);
}
