using System.Buffers;
using System.Globalization;
using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What an accepted command holds that the daemon takes otherwise than it seems to be meant.</summary>
internal static class CommandRules
{
    /// <summary>Bytes left of the daemon's limit from which on it is said.</summary>
    private const int NearLimit = 50;

    private static readonly SearchValues<byte> FieldBytes = SearchValues.Create("0123456789*,-/?"u8);
    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create("0123456789*?"u8);
    private static readonly string[] SystemUsers = ["root", "www-data", "nobody", "daemon", "apache", "nginx", "postgres", "mysql"];

    public static void Check(LintSink sink, EntryLine entry)
    {
        var table = sink.Table;
        var span = entry.CommandSpan;
        var command = table.Slice(span);
        if (command.Trim(" \t\r"u8).IsEmpty)
        {
            sink.Add(LintCodes.NoCommand, LintPart.Command, entry, span, "there is no command, and the daemon starts a shell for nothing", "Add the command, or remove the line");
            return;
        }

        if (command[^1] == '\r')
        {
            sink.Add(LintCodes.CarriageReturn, LintPart.Command, entry, new(span.End - 1, 1), "the command ends with a carriage return, which the shell takes for a part of its last word",
                "Save the table with Unix line ends (sed -i 's/\\r$//')");
        }
        else if (command[^1] == '\\' && table.Dialect != CronDialect.Busybox)
        {
            sink.Add(LintCodes.LineContinuation, LintPart.Command, entry, new(span.End - 1, 1), "no line is continued here: the command ends with this backslash, and the next line is one of its own",
                "Put the whole command on one line, or into a script");
        }

        CheckStart(sink, entry, command);
        CheckLength(sink, entry, command.Length);
        CheckInvisible(sink, entry, command);
        if (table.Dialect == CronDialect.Busybox)
        {
            BusyboxRules.CheckCommand(sink, entry, command);
        }
        else
        {
            PercentRules.Check(sink, entry, command);
        }
    }

    private static void CheckStart(LintSink sink, EntryLine entry, ReadOnlySpan<byte> command)
    {
        var length = command.IndexOfAny((byte)' ', (byte)'\t');
        if (length <= 0)
        {
            return;
        }

        var word = command[..length];
        var span = new ByteSpan(entry.CommandSpan.Start, length);
        if (entry.Schedule.Text[0] != '@' && LooksLikeField(word))
        {
            sink.Add(LintCodes.SixthField, LintPart.Command, entry, span, $"the schedule has five fields, so {Encoding.UTF8.GetString(word)} is the start of the command",
                "Remove the field that is too much: cron knows no seconds and no years");
        }
        else if (word.SequenceEqual("-n"u8) && sink.Table.Dialect != CronDialect.Cronie)
        {
            sink.Add(LintCodes.OptionIsCommand, LintPart.Command, entry, span, "only cronie takes -n for an option: here it is the start of the command", "Remove -n");
        }
        else if (!entry.Schedule.IsReboot && entry.User is null && IsUser(sink, word))
        {
            sink.Add(LintCodes.UserInUserTable, LintPart.Command, entry, span, $"a user's table has no user before the command, so {Encoding.UTF8.GetString(word)} is the start of it",
                "Remove the user, or put the line into /etc/cron.d");
        }
    }

    private static bool LooksLikeField(ReadOnlySpan<byte> word) =>
        word.IndexOfAnyExcept(FieldBytes) < 0 && word.IndexOfAny(ValueBytes) >= 0 && word[0] is not ((byte)'/' or (byte)'-' or (byte)',');

    private static bool IsUser(LintSink sink, ReadOnlySpan<byte> word)
    {
        foreach (var user in SystemUsers)
        {
            if (Ascii.Equals(word, user))
            {
                return true;
            }
        }

        return sink.Context.TableUser is { } own && Ascii.Equals(word, own);
    }

    private static void CheckLength(LintSink sink, EntryLine entry, int length)
    {
        var limit = CommandBudget.Limit(sink.Table.Dialect);
        if (limit - length > NearLimit)
        {
            return;
        }

        if (length > limit)
        {
            sink.Add(LintCodes.CommandCut, LintPart.Command, entry, new(entry.CommandSpan.Start + limit, length - limit), $"the command has {Number(length)} bytes, and the daemon cuts it off after {Number(limit)}",
                "Put the command into a script");
        }
        else
        {
            sink.Add(LintCodes.CommandNearLimit, LintPart.Command, entry, entry.CommandSpan, $"{Number(limit - length)} of {Number(limit)} bytes are left for the command",
                "Put the command into a script before it grows");
        }
    }

    private static void CheckInvisible(LintSink sink, EntryLine entry, ReadOnlySpan<byte> command)
    {
        if (InvisibleCharacters.Find(command, out var length, out var name) is >= 0 and var at)
        {
            sink.Add(LintCodes.InvisibleCharacter, LintPart.Command, entry, new(entry.CommandSpan.Start + at, length), $"the command holds {name}, which the shell takes for a part of a word",
                "Type a plain blank in its place, or remove it");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
