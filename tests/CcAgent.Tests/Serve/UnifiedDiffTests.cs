using System.Text;
using CcAgent.Serve;
using Xunit;

namespace CcAgent.Tests.Serve;

public class UnifiedDiffTests
{
    private static string Diff(string before, string after) => UnifiedDiff.Between(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after));

    [Fact]
    public void Equal_tables_have_no_difference() => Assert.Equal("", Diff("a\nb\n", "a\nb\n"));

    [Fact]
    public void Lines_around_a_change_are_shown() => Assert.Equal(
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n", Diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"));

    [Fact]
    public void A_table_that_begins_or_ends_is_a_change_too()
    {
        Assert.Equal("@@ -0,0 +1,1 @@\n+a\n", Diff("", "a\n"));
        Assert.Equal("@@ -1,1 +0,0 @@\n-a\n", Diff("a\n", ""));
        Assert.Equal("@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n", Diff("a", "a\n"));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_compared_as_bytes() =>
        Assert.Equal("@@ -1,1 +1,1 @@\n-\ufffd\n+\ufffd\n", UnifiedDiff.Between([0xff, (byte)'\n'], [0xfe, (byte)'\n']));
}
