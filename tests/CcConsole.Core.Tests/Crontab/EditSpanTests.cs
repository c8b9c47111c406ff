using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>Random edits of random tables: every line but the edited one stays as it is, and an edit that is taken back leaves nothing.</summary>
public sealed class EditSpanTests
{
    private const int Tables = 4_000;

    [Fact]
    public void A_copy_adds_its_own_lines_alone_and_removing_it_gives_the_table_back()
    {
        var copies = Each((table, random) =>
        {
            if (Pick(table.Entries, random) is not { } entry)
            {
                return false;
            }

            var command = table.Slice(entry.CommandSpan).ToArray();
            var after = table.Duplicate(entry, random.Next(2) == 0 ? null : "the copy", command);
            var added = after.Lines.Count - table.Lines.Count;
            Assert.InRange(added, 1, 2);
            OnlyLinesAdded(table, after, entry.Number, added);
            var copy = (EntryLine)after.Lines[entry.Number + added - 1];
            Assert.Equal((entry.Schedule.Text, entry.User, entry.IsPaused), (copy.Schedule.Text, copy.User, copy.IsPaused));
            Assert.Equal(entry.Tags, copy.Tags);
            Assert.Equal(command, after.Slice(copy.CommandSpan).ToArray());
            Assert.Equal(RandomTable.Ended(table), after.Remove(copy).ToBytes());
            return true;
        });
        Assert.True(copies > Tables / 2);
    }

    [Fact]
    public void A_variable_changes_its_own_line_alone_and_back_again_gives_the_table_back()
    {
        string[] values = ["x", "a b", " outer ", "", "\"q\"", "it's", "'s'", "a=b", "a # c", "\ttab", "\"", "'\"", "ü", "50%", "\\"];
        var (set, added) = (0, 0);
        Each((table, random) =>
        {
            var value = values[random.Next(values.Length)];
            if (Pick(table.Lines.OfType<VariableLine>(), random) is { } variable && Try(() => table.SetVariable(variable, value)) is { } changed)
            {
                set++;
                var now = (VariableLine)changed.Lines[variable.Number - 1];
                Assert.Equal((variable.Name, value), (now.Name, now.Value));
                OnlyLineChanged(table, changed, variable.Number);
                Assert.Equal(variable.Value, ((VariableLine)changed.SetVariable(now, variable.Value).Lines[variable.Number - 1]).Value);
            }

            var before = random.Next(table.Lines.Count + 1) + 1;
            if (Try(() => table.AddVariable(random.Next(3) == 0 ? null : before, "NEW", value)) is not { } after)
            {
                return false;
            }

            added++;
            var line = after.Lines.OfType<VariableLine>().Single(each => each.Name == "NEW");
            Assert.Equal(value, line.Value);
            OnlyLinesAdded(table, after, line.Number - 1, 1);
            Assert.Equal(RandomTable.Ended(table), after.Remove(line).ToBytes());
            return true;
        });
        Assert.True(set > Tables / 4 && added > Tables / 2, $"{set} {added}");
    }

    [Fact]
    public void A_comment_changes_its_own_line_alone_and_taking_it_out_gives_the_table_back()
    {
        string[] texts = ["", "x", "# x", "#x", "\ta", "0 5 * * * x", "A=b", "@daily x", "##", "ü 🙂"];
        var (added, changed) = (0, 0);
        Each((table, random) =>
        {
            var text = texts[random.Next(texts.Length)];
            var before = random.Next(table.Lines.Count + 1) + 1;
            if (Pick(table.Lines.OfType<CommentLine>(), random) is { } comment && Try(() => table.ChangeComment(comment, text)) is { } edited)
            {
                changed++;
                Assert.IsType<CommentLine>(edited.Lines[comment.Number - 1]);
                OnlyLineChanged(table, edited, comment.Number);
            }

            if (Try(() => table.AddComment(before, text)) is not { } after)
            {
                return false;
            }

            added++;
            var at = Enumerable.Range(1, after.Lines.Count).First(number => number > table.Lines.Count || !Line(table, number).SequenceEqual(Line(after, number)) || number == before);
            Assert.Equal(table.Lines.Count + 1, after.Lines.Count);
            Assert.Equal(table.Entries.Select(each => (each.Name, each.Schedule.Text)), after.Entries.Select(each => (each.Name, each.Schedule.Text)));
            Assert.IsType<CommentLine>(after.Lines[at - 1]);
            Assert.Equal(RandomTable.Ended(table), after.Remove((CommentLine)after.Lines[at - 1]).ToBytes());
            return true;
        });
        Assert.True(added > Tables / 2 && changed > Tables / 4, $"{added} {changed}");
    }

    [Fact]
    public void A_user_and_a_name_and_a_pause_change_their_own_bytes_alone()
    {
        Each((table, random) =>
        {
            if (Pick(table.Entries, random) is not { } entry)
            {
                return false;
            }

            if (entry.User is not null)
            {
                var other = table.ReplaceUser(entry, "www-data");
                Assert.Equal("www-data", ((EntryLine)other.Lines[entry.Number - 1]).User);
                Assert.Equal(RandomTable.Ended(table), other.ReplaceUser((EntryLine)other.Lines[entry.Number - 1], entry.User).ToBytes());
            }
            else
            {
                Assert.Throws<ProblemException>(() => table.ReplaceUser(entry, "www-data"));
            }

            var after = table.Mark(entry, "Another", ["t"]);
            var shift = after.Lines.Count - table.Lines.Count;
            Assert.Equal(table.Entries.Where(each => each != entry).Select(each => (each.Name, each.Schedule.Text)),
                after.Entries.Where(each => each.Number != entry.Number + shift).Select(each => (each.Name, each.Schedule.Text)));
            var paused = table.Pause(entry);
            Assert.Equal(RandomTable.Ended(table), entry.IsPaused ? RandomTable.Ended(paused) : paused.Resume((EntryLine)paused.Lines[entry.Number - 1]).ToBytes());
            return true;
        });
    }

    private static int Each(Func<CrontabDocument, Random, bool> edit)
    {
        var random = new Random(77);
        return Enumerable.Range(0, Tables).Count(_ => edit(RandomTable.Create(random), random));
    }

    private static T? Pick<T>(IEnumerable<T> all, Random random)
        where T : class
    {
        var list = all.ToList();
        return list.Count == 0 ? null : list[random.Next(list.Count)];
    }

    private static CrontabDocument? Try(Func<CrontabDocument> edit)
    {
        try
        {
            return edit();
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private static byte[] Line(CrontabDocument table, int number) => table.Slice(table.Lines[number - 1].Span).ToArray();

    private static void OnlyLineChanged(CrontabDocument before, CrontabDocument after, int number)
    {
        Assert.Equal(before.Lines.Count, after.Lines.Count);
        Assert.All(Enumerable.Range(1, before.Lines.Count).Where(each => each != number), each => Assert.Equal(Line(before, each), Line(after, each)));
    }

    private static void OnlyLinesAdded(CrontabDocument before, CrontabDocument after, int below, int added)
    {
        Assert.Equal(before.Lines.Count + added, after.Lines.Count);
        Assert.All(Enumerable.Range(1, before.Lines.Count), each => Assert.Equal(Line(before, each), Line(after, each <= below ? each : each + added)));
    }
}
