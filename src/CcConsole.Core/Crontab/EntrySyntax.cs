using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>The parts of an entry, as offsets within its line.</summary>
internal readonly record struct EntryParts(Schedule Schedule, ByteSpan ScheduleSpan, string? User, ByteSpan CommandSpan);

/// <summary>Reads an entry as debian's and cronie's load_entry does (busybox: <see cref="BusyboxSyntax"/>).</summary>
internal static class EntrySyntax
{
    public static bool TryParse(
        ReadOnlySpan<byte> line, CronDialect dialect, bool system, out EntryParts parts, out LineError error)
    {
        if (dialect == CronDialect.Busybox)
        {
            return BusyboxSyntax.TryEntry(line, system, out parts, out error);
        }

        if (!TryRead(line, dialect, system, out parts, out error))
        {
            return false;
        }

        if (dialect == CronDialect.Debian && parts.CommandSpan.Length > CommandBudget.DebianLimit)
        {
            error = new(
                LineFault.CommandTooLong,
                $"command too long: {parts.CommandSpan.Length} bytes, and the daemon takes {CommandBudget.DebianLimit}",
                parts.CommandSpan.Start);
            return false;
        }

        return true;
    }

    /// <summary>Reads an entry whose command may be of any length.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> line, CronDialect dialect, bool system, out EntryParts parts, out LineError error)
    {
        parts = default;
        var start = SkipBlanks(line, 0);
        var first = start;
        if (dialect == CronDialect.Cronie && start < line.Length && line[start] == '-')
        {
            // cronie: "do not log it", for root and for system tables.
            first++;
        }

        var parser = new ScheduleParser(line, dialect);
        if (!parser.TryParse(first, out var fields))
        {
            error = LineError.Of(parser.Error);
            return false;
        }

        var schedule = new Schedule(Encoding.UTF8.GetString(line[first..parser.End]), dialect, fields, parser.Fault);
        var at = parser.Next;
        var atEnd = at >= line.Length;
        error = new(LineFault.Command, "bad command: a sixth field * cannot start one", at);
        if (!atEnd && line[at] == '*' && (dialect == CronDialect.Cronie || !system))
        {
            return false;
        }

        error = new(LineFault.Command, "bad command: there is none", at);
        if (atEnd && (dialect == CronDialect.Cronie || system))
        {
            return false;
        }

        string? user = null;
        if (system)
        {
            var length = line[at..].IndexOfAny((byte)' ', (byte)'\t');
            error = new(LineFault.User, "bad command: a system table has a user before it, and there is nothing after the user", at);
            if (length < 0)
            {
                return false;
            }

            user = Encoding.UTF8.GetString(line.Slice(at, length));
            at = SkipBlanks(line, at + length);
        }

        if (dialect == CronDialect.Cronie && !TryOptions(line, ref at, out error))
        {
            return false;
        }

        error = default;
        parts = new EntryParts(schedule, new(first, parser.End - first), user, new(at, line.Length - at));
        return true;
    }

    /// <summary>cronie's options before a command: <c>-n</c>, once.</summary>
    private static bool TryOptions(ReadOnlySpan<byte> line, ref int at, out LineError error)
    {
        var seen = false;
        while (at < line.Length && line[at] == '-')
        {
            error = new(LineFault.Option, "bad option: only -n is known, once, with a command after it", at);
            if (seen || at + 2 >= line.Length || line[at + 1] != 'n' || line[at + 2] is not ((byte)' ' or (byte)'\t'))
            {
                return false;
            }

            seen = true;
            at = SkipBlanks(line, at + 2);
            if (at >= line.Length)
            {
                return false;
            }
        }

        error = default;
        return true;
    }

    public static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t')
        {
            at++;
        }

        return at;
    }
}
