using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

/// <summary>A mark whose entry was deleted in an editor names no other entry by an edit of ours.</summary>
public class OrphanMarkTests
{
    [Fact]
    public void A_new_entry_does_not_take_the_name_of_one_that_is_gone()
    {
        var table = CrontabDocument.Parse("1 1 * * * a\n#cc: name=gone\n"u8);
        var entry = new EntryText("2 2 * * *", "b"u8.ToArray());
        Assert.Contains("Line 2", Assert.Throws<ProblemException>(() => table.Add(entry)).Message, StringComparison.Ordinal);
        var named = table.Add(entry with { Name = "b" });
        Assert.Equal("b", named.Entries.Last().Name);
        Assert.Null(CrontabDocument.Parse("1 1 * * * a\n# gone\n"u8).Add(entry).Entries.Last().Name);
    }

    [Fact]
    public void The_entry_below_one_that_is_removed_does_not_take_a_name_from_above()
    {
        var table = CrontabDocument.Parse("#cc: name=gone\n#cc: name=first\n1 1 * * * a\n2 2 * * * b\n"u8);
        Assert.Contains("Line 4", Assert.Throws<ProblemException>(() => table.Remove(table.Entries.First())).Message, StringComparison.Ordinal);
        var whole = CrontabDocument.Parse("#cc: name=first\n1 1 * * * a\n2 2 * * * b\n"u8);
        Assert.Null(Assert.Single(whole.Remove(whole.Entries.First()).Entries).Name);
    }
}
