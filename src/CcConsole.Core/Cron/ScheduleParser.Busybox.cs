using System.Text;

namespace CcConsole.Core.Cron;

/// <summary>
/// The fields as busybox crond reads them (miscutils/crond.c). It refuses no field: at an error it logs a line and goes on
/// with the values that it had marked until then, and a value beyond the end of a field marks every one.
/// </summary>
internal ref partial struct ScheduleParser
{
    // After so many steps the daemon takes a range for one without an end.
    private const int MostSteps = 1024;
    private const int WeekdaySaturday = 6;

    private bool TryBusybox(int start, out ScheduleFields fields)
    {
        fields = default;
        _at = start;
        if (Current == '@')
        {
            var word = TakeToken();
            if (!ScheduleFields.TryWord(word[1..], CronDialect.Busybox, out fields))
            {
                Error = new(ScheduleField.TimeSpecifier, "bad time specifier: the daemon knows only @reboot, @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly, in small letters, and leaves the line out", start);
                return false;
            }

            return true;
        }

        ulong minutes = 0, hours = 0, days = 0, months = 0, weekdays = 0;
        if (!TryBusyboxField(ScheduleField.Minute, 60, 0, default, ref minutes, ref weekdays)
            || !TryBusyboxField(ScheduleField.Hour, 24, 0, default, ref hours, ref weekdays)
            || !TryBusyboxField(ScheduleField.DayOfMonth, 32, 0, default, ref days, ref weekdays)
            || !TryBusyboxField(ScheduleField.Month, 12, -1, MonthNames, ref months, ref weekdays)
            || !TryBusyboxField(ScheduleField.DayOfWeek, 7, 0, WeekdayNames, ref weekdays, ref weekdays))
        {
            return false;
        }

        // A day field that is full does not count, unless both are; "1-31" is not full, since the daemon has a day 0.
        var (allDays, allWeekdays) = (days == uint.MaxValue, weekdays == ScheduleFields.AllWeekdays);
        fields.Minutes = minutes;
        fields.Hours = (uint)hours;
        fields.Days = allDays && !allWeekdays ? 0 : (uint)days & ScheduleFields.AllDays;
        fields.Months = (uint)months << 1;
        fields.Weekdays = allWeekdays && !allDays ? 0 : (uint)weekdays;
        return true;
    }

    private bool TryBusyboxField(ScheduleField field, int size, int shift, ReadOnlySpan<byte> names, ref ulong bits, ref ulong weekdays)
    {
        var start = _at;
        var token = TakeToken();
        if (token.IsEmpty)
        {
            Error = new(field, Current == '#' ? $"{Describe(field)} (missing: a # starts a comment)" : Missing(field), start);
            return false;
        }

        var values = new BusyboxList(token, size, shift, names);
        var whole = values.Read();
        if (values.IsUndefined)
        {
            Error = new(field, $"{Describe(field)}; the daemon cannot hold that number", start);
            return false;
        }

        bits |= values.Bits;

        // The daemon marks month 0 one place before the months, where Saturday is.
        weekdays |= values.MarksPlaceBefore ? 1UL << WeekdaySaturday : 0;
        if (!whole)
        {
            Fault ??= new(field, $"{Describe(field)}; the daemon logs a parse error and goes on with {Describe(bits, size, shift)}", start);
        }

        return true;
    }

    private ReadOnlySpan<byte> TakeToken()
    {
        var start = _at;
        while (!IsBlankOrEnd(Current) && Current != '#')
        {
            _at++;
        }

        End = _at;
        var token = _line[start.._at];
        SkipBlanks();
        return token;
    }

    private static string Describe(ulong bits, int size, int shift)
    {
        if (bits == (1UL << size) - 1)
        {
            return "every value";
        }

        var text = new StringBuilder();
        for (var value = 0; value < size; value++)
        {
            text.Append((bits & (1UL << value)) == 0 ? "" : $"{(text.Length > 0 ? "," : "")}{value - shift}");
        }

        return text.Length == 0 ? "no value, so that it never fires" : text.ToString();
    }

    /// <summary>One field's list of values.</summary>
    private ref struct BusyboxList(ReadOnlySpan<byte> text, int size, int shift, ReadOnlySpan<byte> names)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly ReadOnlySpan<byte> _names = names;
        private int _at;

        public ulong Bits { get; private set; }

        public bool MarksPlaceBefore { get; private set; }

        public bool IsUndefined { get; private set; }

        private readonly int Current => _at < _text.Length ? _text[_at] : 0;

        /// <summary>False where the daemon logs an error.</summary>
        public bool Read()
        {
            while (true)
            {
                int first = -1, last = -1;
                do
                {
                    if (!TryEnd(ref first, ref last))
                    {
                        return false;
                    }
                }
                while (last < 0 && TryTake('-'));

                if (!TryMark(first, last < 0 ? first : last, TryTake('/') ? Step() : 1))
                {
                    return false;
                }

                if (!TryTake(','))
                {
                    return _at == _text.Length;
                }
            }
        }

        /// <summary>A star, a number or a name: the start of the range while there is none, else its end.</summary>
        private bool TryEnd(ref int first, ref int last)
        {
            if (TryTake('*'))
            {
                (first, last) = (0, size - 1);
                return true;
            }

            int value;
            if (char.IsAsciiDigit((char)Current))
            {
                var number = Number();
                IsUndefined |= number > int.MaxValue;
                value = (int)Math.Min(number, int.MaxValue) + shift;
            }
            else if (!TryName(out value))
            {
                return false;
            }

            (first, last) = first < 0 ? (value, last) : (first, value);
            return !IsUndefined;
        }

        private bool TryName(out int value)
        {
            for (value = 0; value * 3 < _names.Length; value++)
            {
                if (_text.Length - _at >= 3 && Ascii.EqualsIgnoreCase(_text.Slice(_at, 3), _names.Slice(value * 3, 3)))
                {
                    _at += 3;
                    return true;
                }
            }

            return false;
        }

        /// <summary>From the first value round the field to the last one, each so many steps.</summary>
        private bool TryMark(int first, int last, int step)
        {
            if (first < 0)
            {
                MarksPlaceBefore = true;
                return true;
            }

            var until = 1;
            for (int n = 0, value = first % size; n < MostSteps; n++, value = (value + 1) % size)
            {
                if (--until == 0)
                {
                    Bits |= 1UL << value;
                    until = step;
                }

                if (value == last && n < MostSteps - 1)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>strtol: blanks and a sign are allowed; without digits it is 0 and nothing is taken. A step that is not
        /// positive marks the first value alone.</summary>
        private int Step()
        {
            var start = _at;
            while (Current is >= 9 and <= 13)
            {
                _at++;
            }

            var negative = Current == '-';
            _ = TryTake('-') || TryTake('+');
            if (!char.IsAsciiDigit((char)Current))
            {
                _at = start;
                return 0;
            }

            var number = Number();
            return negative ? unchecked((int)-number) : unchecked((int)number);
        }

        private long Number()
        {
            long value = 0;
            for (; char.IsAsciiDigit((char)Current); _at++)
            {
                value = value > (long.MaxValue - 9) / 10 ? long.MaxValue : (value * 10) + (Current - '0');
            }

            return value;
        }

        private bool TryTake(char c)
        {
            var found = Current == c;
            _at += found ? 1 : 0;
            return found;
        }
    }
}
