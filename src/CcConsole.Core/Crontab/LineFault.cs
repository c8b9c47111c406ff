using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>What a daemon finds wrong with a line.</summary>
public enum LineFault
{
    /// <summary>The first field.</summary>
    Minute,

    /// <summary>The second field.</summary>
    Hour,

    /// <summary>The third field.</summary>
    DayOfMonth,

    /// <summary>The fourth field.</summary>
    Month,

    /// <summary>The fifth field.</summary>
    DayOfWeek,

    /// <summary>An @word that the daemon does not know.</summary>
    TimeSpecifier,

    /// <summary>There is no command, or a <c>*</c> where it should begin.</summary>
    Command,

    /// <summary>What cronie takes for an option, before the command.</summary>
    Option,

    /// <summary>The command is longer than the daemon reads.</summary>
    CommandTooLong,

    /// <summary>A system table's entry with nothing after the user, or no user.</summary>
    User,

    /// <summary>A byte NUL, at which the daemon ends the line.</summary>
    Nul,
}

/// <summary>Why a daemon refuses a line, and where.</summary>
/// <param name="Fault">The field at fault.</param>
/// <param name="Message">One clause in words.</param>
/// <param name="Offset">Byte offset within the line.</param>
internal readonly record struct LineError(LineFault Fault, string Message, int Offset)
{
    public static LineError Of(in ScheduleError error) => new(
        error.Field switch
        {
            ScheduleField.Minute => LineFault.Minute,
            ScheduleField.Hour => LineFault.Hour,
            ScheduleField.DayOfMonth => LineFault.DayOfMonth,
            ScheduleField.Month => LineFault.Month,
            ScheduleField.DayOfWeek => LineFault.DayOfWeek,
            ScheduleField.TimeSpecifier => LineFault.TimeSpecifier,
            _ => LineFault.Command,
        },
        error.Message,
        error.Offset);
}
