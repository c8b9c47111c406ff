using System.Text;
using CcConsole.Fleet.Jobs;
using Xunit;

namespace CcConsole.Fleet.Tests.Jobs;

public class WatcherMarksTests
{
    [Theory]
    [InlineData("cc-run-x start 12\nerror\ncc-run-x exit 3\n", "error\n", 3)]
    [InlineData("cc-run-x start 12\nno line end" + "cc-run-x exit 0\n", "no line end", 0)]
    [InlineData("cc-run-x start 12\ncc-run-\ncc-run-x\ncc-run-x exit many\ncc-cc-run-x exit 143\nafter", "cc-run-\ncc-run-x\ncc-run-x exit many\ncc-after", 143)]
    [InlineData("cc-run-x start 12\nheld: cc-run-", "held: cc-run-", null)]
    public void Marks_are_taken_out_and_every_other_byte_is_passed_on_however_they_are_cut(string written, string passed, int? exit)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(written);
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            WatcherMarks marks = new("cc-run-x");
            StringBuilder output = new();
            foreach (byte[] part in bytes.Chunk(piece))
            {
                output.Append(Encoding.UTF8.GetString(marks.Take(part)));
            }

            output.Append(Encoding.UTF8.GetString(marks.Rest()));
            Assert.Equal((passed, exit, true, exit is not null), (output.ToString(), marks.ExitCode, marks.HasStarted, marks.Ended.IsCompleted));
        }
    }
}
