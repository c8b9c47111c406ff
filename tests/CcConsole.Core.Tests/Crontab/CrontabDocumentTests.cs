using System.Text;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class CrontabDocumentTests
{
    private const string Table = "# head\r\nSHELL=/bin/bash\n\n*/5 * * * *  one\t\n#cc: name=Second one\n0 5 * * * two %in\nnot a line\n#cc-paused @daily three\n";

    [Fact]
    public void Lines_are_told_apart()
    {
        var document = Parse(Table);
        Assert.Equal(
            ["CommentLine", "VariableLine", "BlankLine", "EntryLine", "CommentLine", "EntryLine", "UnparsedLine", "EntryLine"],
            document.Lines.Select(line => line.GetType().Name));
        var entries = document.Entries.ToList();
        Assert.Equal("one\t", document.Text(entries[0].CommandSpan));
        Assert.Equal("Second one", entries[1].Name);
        Assert.Equal("/bin/bash", document.VariableAt(entries[1], "SHELL"));
        Assert.True(entries[2].IsPaused);
        Assert.False(document.IsAccepted);
    }

    [Theory]
    [InlineData("@daily =x", "VariableLine")]
    [InlineData("\"A B\" = 'c d' ", "VariableLine")]
    [InlineData("* * * * * A=b", "EntryLine")]
    [InlineData("* * * * root x", "UnparsedLine")]
    public void A_line_is_tried_as_a_variable_before_it_is_tried_as_an_entry(string line, string kind) =>
        Assert.Equal(kind, Parse(line + "\n").Lines[0].GetType().Name);

    [Fact]
    public void A_system_table_has_a_user_before_the_command()
    {
        var document = CrontabDocument.Parse("17 *\t* * *\troot    cd / && run-parts\n"u8, isSystem: true);
        var entry = document.Entries.Single();
        Assert.Equal("root", entry.User);
        Assert.Equal("cd / && run-parts", document.Text(entry.CommandSpan));
        Assert.IsType<UnparsedLine>(CrontabDocument.Parse("* * * * * root\n"u8, isSystem: true).Lines[0]);
    }

    [Fact]
    public void Each_edit_changes_only_what_it_names()
    {
        var document = Parse(Table);
        var entry = document.Entries.First();
        var expected = new Dictionary<CrontabDocument, string>
        {
            [document.Pause(entry)] = Table.Replace("*/5", "#cc-paused */5"),
            [document.Resume(document.Entries.Last())] = Table.Replace("#cc-paused ", ""),
            [document.ReplaceCommand(entry, "uno"u8)] = Table.Replace("one\t", "uno"),
            [document.ReplaceSchedule(entry, "@hourly")] = Table.Replace("*/5 * * * *", "@hourly"),
            [document.Replace(entry, new EntryText("1 2 3 4 5", "x"u8.ToArray()))] = Table.Replace("*/5 * * * *  one\t", "1 2 3 4 5 x"),
            [document.Remove(document.Entries.ElementAt(1))] = Table.Replace("#cc: name=Second one\n0 5 * * * two %in\n", ""),
            [document.Rename(document.Entries.ElementAt(1), null)] = Table.Replace("#cc: name=Second one\n", ""),
            [document.Rename(entry, "First")] = Table.Replace("*/5", "#cc: name=First\n*/5"),
            [document.Add(new EntryText("@weekly", "w"u8.ToArray(), Name: "Weekly"))] = Table + "#cc: name=Weekly\n@weekly w\n",
        };
        foreach (var (after, text) in expected)
        {
            Assert.Equal(text, Encoding.UTF8.GetString(after.Bytes));
        }
    }

    [Fact]
    public void Pausing_and_resuming_gives_the_same_bytes()
    {
        var document = Parse("  5 5 * * *\tx \r\n* * * * * y");
        foreach (var entry in document.Entries)
        {
            var paused = document.Pause(entry);
            Assert.Equal([.. document.Bytes, (byte)'\n'], paused.Resume((EntryLine)paused.Lines[entry.Number - 1]).ToBytes());
        }
    }

    [Theory]
    [InlineData("", "@daily x\n")]
    [InlineData("* * * * * y", "* * * * * y\n@daily x\n")]
    [InlineData("# c\n", "# c\n@daily x\n")]
    public void An_entry_is_added_on_a_line_of_its_own(string before, string after) =>
        Assert.Equal(after, Encoding.UTF8.GetString(Parse(before).Add(new EntryText("@daily", "x"u8.ToArray())).Bytes));

    [Theory]
    [InlineData("61 * * * *", "x")]
    [InlineData("@daily", "=x")]
    [InlineData("* * * *", "x")]
    [InlineData("@daily", "a\nb")]
    [InlineData("@daily", " x")]
    [InlineData("* * * * *\n@daily", "x")]
    [InlineData("# * * * *", "x")]
    public void An_entry_that_the_daemon_would_not_read_as_meant_is_refused(string schedule, string command) =>
        Assert.Throws<ProblemException>(() => Parse("A=b\n").Add(new EntryText(schedule, Encoding.UTF8.GetBytes(command))));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a\bb")]
    [InlineData("a\u009bb")]
    public void A_name_with_a_control_character_is_refused(string name)
    {
        Assert.Throws<ProblemException>(() => Parse("").Add(new EntryText("@daily", "x"u8.ToArray(), Name: name)));
        var document = Parse("@daily x\n");
        Assert.Throws<ProblemException>(() => document.Rename(document.Entries.Single(), name));
    }

    private static CrontabDocument Parse(string table) => CrontabDocument.Parse(Encoding.UTF8.GetBytes(table));
}
