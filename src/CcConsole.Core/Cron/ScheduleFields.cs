namespace CcConsole.Core.Cron;

/// <summary>The bitmaps of a schedule. Bit n stands for the value n; Sunday is bit 0 of the weekdays.</summary>
internal struct ScheduleFields
{
    public ulong Minutes;
    public uint Hours;
    public uint Days;
    public uint Months;
    public uint Weekdays;
    public bool MinuteStar;
    public bool HourStar;
    public bool DayStar;
    public bool WeekdayStar;
    public bool Reboot;
    public bool Random;

    public const ulong AllMinutes = (1UL << 60) - 1;
    public const uint AllHours = (1u << 24) - 1;
    public const uint AllDays = ~1u;
    public const uint AllMonths = 0x1FFE;
    public const uint AllWeekdays = 0x7F;

    /// <summary>The @words, as the daemons define them (entry.c, crond.c); false for any other word (they are case-sensitive).</summary>
    public static bool TryWord(ReadOnlySpan<byte> word, CronDialect dialect, out ScheduleFields fields)
    {
        fields = new ScheduleFields
        {
            Minutes = 1,
            Hours = 1,
            Days = AllDays,
            Months = AllMonths,
            Weekdays = AllWeekdays,
        };
        if (word.SequenceEqual("reboot"u8))
        {
            fields = new ScheduleFields { Reboot = true };
        }
        else if (word.SequenceEqual("yearly"u8) || word.SequenceEqual("annually"u8))
        {
            (fields.Days, fields.Months, fields.WeekdayStar) = (1u << 1, 1u << 1, true);
        }
        else if (word.SequenceEqual("monthly"u8))
        {
            (fields.Days, fields.WeekdayStar) = (1u << 1, true);
        }
        else if (word.SequenceEqual("weekly"u8))
        {
            (fields.Weekdays, fields.DayStar, fields.WeekdayStar) = (1, true, dialect == CronDialect.Cronie);
        }
        else if (word.SequenceEqual("hourly"u8))
        {
            (fields.Hours, fields.HourStar) = (AllHours, true);
        }
        else if (!word.SequenceEqual("daily"u8) && !word.SequenceEqual("midnight"u8))
        {
            return false;
        }

        if (dialect == CronDialect.Busybox)
        {
            // It has no stars: of two day fields, one that is full does not count.
            fields.Days = fields.DayStar ? 0 : fields.Days;
            fields.Weekdays = fields.WeekdayStar ? 0 : fields.Weekdays;
            fields.DayStar = fields.WeekdayStar = false;
        }

        return true;
    }
}
