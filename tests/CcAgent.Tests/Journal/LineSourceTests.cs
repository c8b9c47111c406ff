using System.Text;
using CcAgent.Journal;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Journal;

public class LineSourceTests
{
    [Fact]
    public void A_line_without_an_end_is_none_and_is_not_held_in_memory()
    {
        using var folder = new SecureFolder();
        var path = folder.Path + "/log";
        var longest = new string('x', 1024 * 1024 + 4096);
        File.WriteAllText(path, $"first\n{longest}\n");
        // NULs that take no room, as a crash of some file systems leaves them.
        using (var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(100L * 1024 * 1024 * 1024);
        using var lines = new LineSource(path);
        Assert.Equal("first\n", Encoding.ASCII.GetString(lines.Next()));
        Assert.Equal(longest.Length + 1, lines.Next().Length);
        var end = lines.Offset;
        for (var i = 0; i < 3; i++)
            Assert.True(lines.Next().IsEmpty);
        Assert.Equal(end, lines.Offset);
        Assert.InRange(lines.Rest.Length, 1, 8 * 1024 * 1024);
    }
}
