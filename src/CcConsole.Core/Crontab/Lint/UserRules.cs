using System.Buffers;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>The user of a system table's entry.</summary>
internal static class UserRules
{
    /// <summary>What stands in a name that useradd(8) or a directory service makes.</summary>
    private static readonly SearchValues<char> Name =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-@\\+$");

    public static void Check(LintSink sink, EntryLine entry)
    {
        if (entry.User is not { } user)
        {
            return;
        }

        var text = sink.Table.Slice(new(entry.ScheduleSpan.End, entry.CommandSpan.Start - entry.ScheduleSpan.End));
        var start = EntrySyntax.SkipBlanks(text, 0);
        var length = text[start..].IndexOfAny((byte)' ', (byte)'\t');
        var span = new ByteSpan(entry.ScheduleSpan.End + start, length < 0 ? text.Length - start : length);
        var effect = sink.Table.Dialect == Cron.CronDialect.Debian ? "the daemon refuses the whole file" : "the entry never runs";
        if (user.AsSpan().ContainsAnyExcept(Name) || user[0] is '-' or '.')
        {
            sink.Add(LintCodes.MissingUser, LintPart.User, entry, span, $"{user} stands where the user must, and is no name of one: {effect}", "Write the user between the schedule and the command");
            sink.Refuse();
        }
        else if (sink.Context.Users is { } users && !users.Contains(user))
        {
            sink.Add(LintCodes.UnknownUser, LintPart.User, entry, span, $"the host has no user {user}: {effect}", "Correct the name, or add the user first");
            sink.Refuse();
        }
    }
}
