using System.Globalization;
using System.Numerics;
using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What an accepted schedule does that it does not seem to say.</summary>
internal static class ScheduleRules
{
    /// <summary>atoi of a number with more digits wraps around.</summary>
    private const int SafeDigits = 9;

    public static void Check(LintSink sink, EntryLine entry)
    {
        var table = sink.Table;
        if (entry.Schedule.IsReboot)
        {
            sink.Add(LintCodes.RebootEntry, LintPart.Schedule, entry, entry.ScheduleSpan, "@reboot runs once when the daemon first starts after the system did",
                "Nothing runs when the table changes, or when the daemon is only started anew");
            return;
        }

        var text = table.Slice(entry.ScheduleSpan);
        if (text[0] == '@')
        {
            return;
        }

        var hasEmptyRange = false;
        var at = 0;
        for (var kind = LineFault.Minute; kind <= LineFault.DayOfWeek; kind++)
        {
            at = EntrySyntax.SkipBlanks(text, at);
            var length = text[at..].IndexOfAny((byte)' ', (byte)'\t');
            length = length < 0 ? text.Length - at : length;
            hasEmptyRange |= CheckField(sink, entry, new(entry.ScheduleSpan.Start + at, length), kind);
            at += length;
        }

        CheckDays(sink, entry, text);
        if (entry.Schedule is { NeverFires: true, Fault: null } && !hasEmptyRange)
        {
            sink.Add(LintCodes.NeverFires, LintPart.Schedule, entry, entry.ScheduleSpan,
                "never fires: no month that is named has such a day", "Correct the day or the month, or pause the entry if that is meant");
        }
    }

    /// <summary>True when a range of the field stands for nothing.</summary>
    private static bool CheckField(LintSink sink, EntryLine entry, ByteSpan span, LineFault kind)
    {
        var field = sink.Table.Slice(span);
        var scan = new FieldScan(field, kind);
        var isEmpty = false;
        while (scan.TryNext(out var part))
        {
            isEmpty |= CheckPart(sink, entry, span, part, kind);
        }

        if (scan.End < field.Length && entry.Schedule.Dialect == CronDialect.Debian)
        {
            CheckTail(sink, entry, new(span.Start + scan.End, field.Length - scan.End), span, scan.End);
        }

        return isEmpty;
    }

    private static bool CheckPart(LintSink sink, EntryLine entry, ByteSpan field, in FieldPart part, LineFault kind)
    {
        var span = new ByteSpan(field.Start + part.Start, part.Length);
        var dialect = entry.Schedule.Dialect;
        if (part.Digits > SafeDigits)
        {
            sink.Add(LintCodes.NumberOverflow, LintPart.Schedule, entry, span, $"{Text(sink, span)} has more digits than the daemon counts with, and wraps around",
                "Write the number that is meant");
            return false;
        }

        if (part.IsRange && part.First > part.Last && dialect == CronDialect.Cronie && part.Last == 0 && part.Step == 1)
        {
            if (kind != LineFault.DayOfWeek)
            {
                sink.Add(LintCodes.RangeToZero, LintPart.Schedule, entry, span, $"cronie reads {Text(sink, span)} as {Number(part.First)}-7 in every field",
                    "Write the last value that is meant");
            }

            return false;
        }

        if (part.IsRange && part.First > part.Last && dialect != CronDialect.Busybox)
        {
            var name = FieldScan.NameOf(kind);
            var never = entry.Schedule.NeverFires;
            sink.Add(
                never ? LintCodes.NeverFires : LintCodes.EmptyRange, LintPart.Schedule, entry, span,
                $"{(never ? "never fires: " : "")}the {name} {Text(sink, span)} ends before it starts, and stands for nothing",
                Ordered(sink, span, part, kind));
            return true;
        }

        if (part.Step > 1 && part.Step > part.Last - part.First && (part.IsStar || part.IsRange) && dialect != CronDialect.Busybox)
        {
            sink.Add(LintCodes.StepTooLarge, LintPart.Schedule, entry, span,
                $"{Text(sink, span)} matches {Number(part.First)} alone: its step is larger than its range", $"Write {Number(part.First)} if that is meant");
        }
        else if (part.IsStar && kind <= LineFault.Hour && part.Step * 2 > part.Last + 1 && part.Step > 1)
        {
            var unit = kind == LineFault.Minute ? "minutes" : "hours";
            sink.Add(LintCodes.UnevenStep, LintPart.Schedule, entry, span,
                $"{Text(sink, span)} matches 0 and {Number(part.Step)}: not every {Number(part.Step)} {unit}, since each {(kind == LineFault.Minute ? "hour" : "day")} starts anew",
                "Cron knows no other intervals than those that divide the hour or the day");
        }

        return false;
    }

    private static void CheckTail(LintSink sink, EntryLine entry, ByteSpan tail, ByteSpan field, int kept)
    {
        var read = Text(sink, new(field.Start, kept));
        if (sink.Table.Slice(tail)[0] == '~')
        {
            sink.Add(LintCodes.TildeNotRandom, LintPart.Schedule, entry, tail, $"debian's cron knows no ~: {Text(sink, field)} is {read}, each time",
                "Write one value, or put a random sleep into the command");
            return;
        }

        sink.Add(LintCodes.DroppedTail, LintPart.Schedule, entry, tail, $"debian's cron drops {Text(sink, tail)} without a word, and reads {Text(sink, field)} as {read}",
            "Write only what the daemon reads: numbers, names, ranges, lists and steps of * or a range");
    }

    private static void CheckDays(LintSink sink, EntryLine entry, ReadOnlySpan<byte> text)
    {
        var fields = entry.Schedule.Fields;
        var isFull = fields.Days == ScheduleFields.AllDays || fields.Weekdays == ScheduleFields.AllWeekdays;
        if (entry.Schedule.NeverFires || fields.Weekdays == ScheduleFields.AllWeekdays || (isFull && (fields.DayStar || fields.WeekdayStar)))
        {
            return;
        }

        var first = FieldAt(text, 2);
        var last = FieldAt(text, 4);
        var span = new ByteSpan(entry.ScheduleSpan.Start + first.Start, last.End - first.Start);
        var (days, weekdays) = (Text(sink, new(entry.ScheduleSpan.Start + first.Start, first.Length)), Text(sink, new(entry.ScheduleSpan.Start + last.Start, last.Length)));
        if (!entry.Schedule.BothDaysMustMatch && fields.Weekdays != 0 && fields.Days != 0)
        {
            sink.Add(LintCodes.EitherDay, LintPart.Schedule, entry, span,
                isFull ? $"runs every day: either day field will do, and {days} matches all" : $"runs when the day of the month is {days} or the day of the week is {weekdays}: either will do",
                isFull ? "Write * for the day of the month" : "Keep one of the two fields, and test the other in the command");
        }
        else if (entry.Schedule.BothDaysMustMatch && !isFull)
        {
            sink.Add(LintCodes.BothDays, LintPart.Schedule, entry, span,
                $"runs only when the day of the month is {days} and the day of the week is {weekdays}: a field that starts with * makes it so",
                "Without a star at the start of either, one of them would be enough");
        }
    }

    /// <summary>The place of a field in a schedule's text.</summary>
    private static ByteSpan FieldAt(ReadOnlySpan<byte> text, int index)
    {
        for (var at = 0; ; index--)
        {
            at = EntrySyntax.SkipBlanks(text, at);
            var length = text[at..].IndexOfAny((byte)' ', (byte)'\t');
            length = length < 0 ? text.Length - at : length;
            if (index == 0)
            {
                return new(at, length);
            }

            at += length;
        }
    }

    private static string Ordered(LintSink sink, ByteSpan span, in FieldPart part, LineFault kind)
    {
        if (part.Step > 1 || BitOperations.Log2((uint)Math.Max(1, part.First)) > 5)
        {
            return "Write the smaller value first";
        }

        var text = Text(sink, span);
        var (from, to) = (text[..text.IndexOf('-')], text[(text.IndexOf('-') + 1)..]);
        var (low, high) = FieldScan.Bounds(kind);
        return kind == LineFault.DayOfWeek && part.Last == 0
            ? $"Write {from}-7: Sunday is 7 at the end of a range"
            : $"Write {from}-{Number(kind == LineFault.DayOfWeek ? 6 : high)},{Number(low)}-{to} if it is meant to run over the end";
    }

    private static string Text(LintSink sink, ByteSpan span) => Encoding.UTF8.GetString(sink.Table.Slice(span));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
