namespace CcConsole.Core.Cron;

/// <summary>
/// Reads the schedule at the start of an entry as the daemons' entry.c does, byte by byte: what they accept by accident
/// is accepted, what they drop is dropped. The end of the span stands for the end of the line.
/// </summary>
internal ref partial struct ScheduleParser(ReadOnlySpan<byte> line, CronDialect dialect)
{
    private const int MaxNumberLength = 1000;
    private static ReadOnlySpan<byte> MonthNames => "janfebmaraprmayjunjulaugsepoctnovdec"u8;

    private static ReadOnlySpan<byte> WeekdayNames => "sunmontuewedthufrisat"u8;

    private static ReadOnlySpan<byte> WeekdayNamesTwice => "sunmontuewedthufrisatsun"u8;

    private readonly ReadOnlySpan<byte> _line = line;
    private int _at;

    /// <summary>Where the text after the schedule begins, blanks skipped.</summary>
    public readonly int Next => _at;

    /// <summary>Where the schedule's own text ends.</summary>
    public int End { get; private set; }

    public ScheduleError Error { get; private set; }

    /// <summary>busybox alone: the first field at which the daemon logs an error and that it uses all the same.</summary>
    public ScheduleError? Fault { get; private set; }

    private readonly int Current => _at < _line.Length ? _line[_at] : '\n';

    /// <summary>Parses from <paramref name="start"/>, the first byte that is not blank.</summary>
    public bool TryParse(int start, out ScheduleFields fields)
    {
        if (dialect == CronDialect.Busybox)
        {
            return TryBusybox(start, out fields);
        }

        fields = default;
        _at = start;
        if (Current == '@')
        {
            return TryWord(out fields);
        }

        fields.MinuteStar = Current == '*';
        if (!TryList(ScheduleField.Minute, 0, 59, default, ref fields, out fields.Minutes))
        {
            return false;
        }

        fields.HourStar = Current == '*';
        if (!TryList(ScheduleField.Hour, 0, 23, default, ref fields, out var hours))
        {
            return false;
        }

        fields.DayStar = Current == '*';
        if (!TryList(ScheduleField.DayOfMonth, 1, 31, default, ref fields, out var days)
            || !TryList(ScheduleField.Month, 1, 12, MonthNames, ref fields, out var months))
        {
            return false;
        }

        fields.WeekdayStar = Current == '*';
        if (!TryList(ScheduleField.DayOfWeek, 0, 7, WeekdayNamesTwice, ref fields, out var weekdays))
        {
            return false;
        }

        fields.Hours = (uint)hours;
        fields.Days = (uint)days;
        fields.Months = (uint)months;
        fields.Weekdays = (uint)((weekdays | (weekdays >> 7)) & ScheduleFields.AllWeekdays);
        return true;
    }

    private bool TryWord(out ScheduleFields fields)
    {
        var start = _at;
        while (!IsBlankOrEnd(Current))
        {
            _at++;
        }

        End = _at;
        if (!ScheduleFields.TryWord(_line[(start + 1).._at], dialect, out fields))
        {
            Error = new(ScheduleField.TimeSpecifier, "bad time specifier: the daemon knows only @reboot, @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly, in small letters", start);
            return false;
        }

        SkipBlanks();
        return true;
    }

    private bool TryList(ScheduleField field, int low, int high, ReadOnlySpan<byte> names, ref ScheduleFields fields, out ulong bits)
    {
        var start = _at;
        bits = 0;
        while (true)
        {
            var good = dialect == CronDialect.Debian
                ? TryDebianRange(low, high, names, ref bits)
                : TryCronieRange(low, high, names, ref bits, ref fields.Random);
            if (!good)
            {
                Error = new(field, start == _line.Length ? Missing(field) : Describe(field), start);
                return false;
            }

            if (Current != ',')
            {
                break;
            }

            _at++;
        }

        while (!IsBlankOrEnd(Current))
        {
            _at++;
        }

        End = _at;
        SkipBlanks();

        // get_list returns a (signed) char: a 0xFF where the next field starts is taken for the end of the file.
        if (dialect == CronDialect.Debian && Current == 0xFF)
        {
            Error = new(field, "a byte 0xFF follows it, which the daemon takes for the end of the file", start);
            return false;
        }

        return true;
    }

    private bool TryDebianRange(int low, int high, ReadOnlySpan<byte> names, ref ulong bits)
    {
        int first, last = high, step = 1;
        if (Current == '*')
        {
            first = low;
            _at++;
        }
        else
        {
            if (!TryNumber(low, names, out first) || Current == '/')
            {
                return false;
            }

            if (Current != '-')
            {
                return Current != 0xFF && TrySet(ref bits, first, first, 1, low, high);
            }

            _at++;
            if (!TryNumber(low, names, out last))
            {
                return false;
            }
        }

        if (Current == '/')
        {
            _at++;
            if (!TryNumber(0, default, out step) || step <= 0)
            {
                return false;
            }
        }

        return first >= low && first <= high && last >= low && last <= high
            && Current != 0xFF && TrySet(ref bits, first, last, step, low, high);
    }

    private bool TryCronieRange(int low, int high, ReadOnlySpan<byte> names, ref ulong bits, ref bool random)
    {
        int first = low, last = high, step = 1;
        var mayDraw = Current != '*';
        if (Current == '*')
        {
            _at++;
        }
        else if (Current != '~')
        {
            if (!TryNumber(low, names, out first))
            {
                return false;
            }

            last = first;
            if (Current == '-')
            {
                _at++;
                mayDraw = false;
                if (!TryNumber(low, names, out last))
                {
                    return false;
                }

                // Meant for "fri-sun", but done for every field, and only where no step follows.
                last = first > last && last == 0 && Current != '/' ? 7 : last;
            }
            else if (Current == '/')
            {
                return false;
            }
        }

        if (Current == '~' && mayDraw)
        {
            _at++;
            last = high;
            if (!IsSeparator(Current) && !TryNumber(low, names, out last))
            {
                return false;
            }

            random = true;
            return first <= last && IsSeparator(Current) && TrySet(ref bits, first, last, 1, low, high);
        }

        if (Current == '/')
        {
            _at++;
            if (!TryNumber(0, default, out step) || step <= 0)
            {
                return false;
            }
        }

        return IsSeparator(Current) && TrySet(ref bits, first, last, step, low, high);
    }

    /// <summary>Digits are read by atoi, modulo 2^32 as it does; names stand for their place in the list.</summary>
    private bool TryNumber(int low, ReadOnlySpan<byte> names, out int number)
    {
        var start = _at;
        long value = 0;
        var digits = true;
        for (; char.IsAsciiLetterOrDigit((char)Current); _at++)
        {
            digits &= char.IsAsciiDigit((char)Current);
            value = !digits ? 0 : value > (long.MaxValue - 9) / 10 ? long.MaxValue : (value * 10) + (Current - '0');
        }

        number = unchecked((int)value);
        var text = _line[start.._at];
        if (text.IsEmpty || text.Length >= MaxNumberLength)
        {
            return false;
        }

        if (digits)
        {
            return true;
        }

        for (var i = 0; text.Length == 3 && i < names.Length; i += 3)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(text, names.Slice(i, 3)))
            {
                number = low + (i / 3);
                return true;
            }
        }

        return false;
    }

    private static bool TrySet(ref ulong bits, int first, int last, int step, int low, int high)
    {
        for (long i = first; i <= last; i += step)
        {
            if (i < low || i > high)
            {
                return false;
            }

            bits |= 1UL << (int)i;
        }

        return true;
    }

    private void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }
    }

    private static bool IsBlankOrEnd(int c) => c is ' ' or '\t' or '\n';

    private static bool IsSeparator(int c) => c is ' ' or '\t' or '\n' or ',';

    private static string Missing(ScheduleField field) => field switch
    {
        ScheduleField.Minute => "there is no schedule: five fields are needed, minute, hour, day of the month, month, day of the week",
        ScheduleField.Hour => "only one field of five: the hour is missing, and what follows it",
        ScheduleField.DayOfMonth => "only two fields of five: the day of the month is missing, and what follows it",
        ScheduleField.Month => "only three fields of five: the month and the day of the week are missing",
        _ => "only four fields of five: the day of the week is missing",
    };

    private readonly string Describe(ScheduleField field) => field switch
    {
        ScheduleField.Minute => "bad minute: 0 to 59, as in 5, 0-30/10, */15 or 1,2,3",
        ScheduleField.Hour => "bad hour: 0 to 23, as in 5, 9-17/2, */6 or 1,2,3",
        ScheduleField.DayOfMonth => "bad day of the month: 1 to 31, as in 1, 1-7, */2 or 1,15",
        ScheduleField.Month => "bad month: 1 to 12 or jan to dec",
        _ when dialect == CronDialect.Busybox => "bad day of the week: 0 to 6 (0 is Sunday; 7 is not known) or sun to sat",
        _ => "bad day of the week: 0 to 7 (0 and 7 are Sunday) or sun to sat",
    };
}
