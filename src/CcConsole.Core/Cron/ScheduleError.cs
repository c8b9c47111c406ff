namespace CcConsole.Core.Cron;

/// <summary>The part of a schedule that a daemon refuses.</summary>
public enum ScheduleField
{
    /// <summary>0 to 59.</summary>
    Minute,

    /// <summary>0 to 23.</summary>
    Hour,

    /// <summary>1 to 31.</summary>
    DayOfMonth,

    /// <summary>1 to 12, or jan to dec.</summary>
    Month,

    /// <summary>0 to 7 (0 and 7 are Sunday), or sun to sat.</summary>
    DayOfWeek,

    /// <summary>An @word.</summary>
    TimeSpecifier,

    /// <summary>What follows the schedule: an option, the user or the command.</summary>
    Command,
}

/// <summary>Why a daemon refuses a schedule, and where.</summary>
/// <param name="Field">The field at fault.</param>
/// <param name="Message">One clause in words.</param>
/// <param name="Offset">Byte offset of the field within the text that was parsed.</param>
public readonly record struct ScheduleError(ScheduleField Field, string Message, int Offset);
