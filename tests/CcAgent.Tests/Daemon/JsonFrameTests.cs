using System.Text;
using CcAgent.Daemon;
using Xunit;

namespace CcAgent.Tests.Daemon;

public class JsonFrameTests
{
    private static int Feed(JsonFrame frame, byte[] bytes, int piece)
    {
        var result = 0;
        for (var at = 0; at < bytes.Length && result == 0; at += piece)
        {
            var part = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            while (!part.IsEmpty && result == 0)
            {
                var room = frame.GetRoom();
                if (room.IsEmpty)
                    return -2;
                var count = Math.Min(room.Length, part.Length);
                part[..count].CopyTo(room);
                part = part[count..];
                result = frame.Advance(count);
            }
        }

        return result;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void The_end_of_an_object_is_found_however_the_bytes_arrive(int piece)
    {
        var text = "\n {\"a\": [1, {\"}\": \"\\\"}\"}], \"long\": \"" + new string('x', 20_000) + "\"}";
        Assert.Equal(text.Length, Feed(new JsonFrame(new BufferPool()), Encoding.UTF8.GetBytes(text + "\nrest"), piece));
        Assert.Equal(0, Feed(new JsonFrame(new BufferPool()), Encoding.UTF8.GetBytes(text[..^1]), piece));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7 ")]
    [InlineData("{]")]
    [InlineData("\u0001")]
    public void What_becomes_no_object_is_found_out(string text) => Assert.Equal(-1, Feed(new JsonFrame(new BufferPool()), Encoding.UTF8.GetBytes(text), 1));

    [Fact]
    public void No_more_than_the_limit_is_held()
    {
        var frame = new JsonFrame(new BufferPool());
        Assert.Equal(-2, Feed(frame, Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 3_000_000)), 65_536));
        Assert.InRange(frame.Capacity, 1_000_000, 1_100_000);
    }
}
