using System.Text;
using CcConsole.Core.Protocol;
using Xunit;

namespace CcConsole.Core.Tests.Protocol;

public class LineFramerTests
{
    private static List<string> Feed(LineFramer framer, byte[] input, Func<int> chunk)
    {
        var found = new List<string>();
        for (var at = 0; at < input.Length;)
        {
            var room = framer.GetBuffer();
            var count = Math.Min(Math.Min(room.Length, chunk()), input.Length - at);
            input.AsSpan(at, count).CopyTo(room.Span);
            framer.Advance(count);
            at += count;
            for (var kind = framer.Read(out var line); kind != FrameKind.Incomplete; kind = framer.Read(out line))
                found.Add(kind == FrameKind.TooLong ? "TOO LONG" : Encoding.UTF8.GetString(line.Span));
        }

        return found;
    }

    [Fact]
    public void Lines_come_out_whole_however_the_bytes_arrive()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 20)).Select(i => new string((char)('a' + i), random.Next(1, 60_000))).ToList();
            var input = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + (round % 2 == 0 ? "\n" : "\r\n\n"))));
            Assert.Equal(lines, Feed(new LineFramer(), input, () => random.Next(1, round % 3 == 0 ? 3 : 50_000) is var n && input.Length > 400_000 ? n + 4_000 : n));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void A_line_over_the_limit_is_dropped_and_the_next_is_read(int chunk)
    {
        var input = Encoding.UTF8.GetBytes($"ok\n{new string('x', 100)}\n{new string('y', 101)}\n{new string('z', 70_000)}\nafter\n");
        Assert.Equal(
            ["ok", new string('x', 100), "TOO LONG", "TOO LONG", "after"], Feed(new LineFramer(100), input, () => chunk));
    }

    [Fact]
    public void No_more_than_the_limit_is_ever_held()
    {
        var framer = new LineFramer(1_000_000);
        Feed(framer, new byte[50_000_000], () => 65_536);
        Assert.InRange(framer.GetBuffer().Length, 1, 1_000_002);
        Assert.Equal(0, framer.Pending);
    }
}
