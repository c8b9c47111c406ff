using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>How long a command may be. debian refuses a longer one; cronie cuts it off in silence; busybox cannot start it.</summary>
public static class CommandBudget
{
    /// <summary>Bytes that debian takes (MAX_COMMAND less two: at 999 it says "command too long").</summary>
    public const int DebianLimit = 998;

    /// <summary>Bytes that cronie takes; and what Linux takes of one argument, to which busybox hands the whole command (MAX_ARG_STRLEN less
    /// the NUL at its end).</summary>
    public const int CronieLimit = 131_071;

    /// <summary>The most bytes of a command, counted as they stand in the table.</summary>
    public static int Limit(CronDialect dialect) => dialect == CronDialect.Debian ? DebianLimit : CronieLimit;

    /// <summary>Bytes left; negative when the command is too long.</summary>
    /// <param name="rawCommand">The command as it stands in the table: wrapped, escaped, with its input.</param>
    /// <param name="dialect">The daemon that reads it.</param>
    public static int Left(ReadOnlySpan<byte> rawCommand, CronDialect dialect) => Limit(dialect) - rawCommand.Length;
}
