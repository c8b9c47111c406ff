using System.IO.Pipelines;
using System.Text;
using Xunit;

namespace CcConsole.Ssh.Tests.Commands;

public sealed class ErrorTailTests
{
    [Fact]
    public async Task The_mark_is_taken_out_however_the_bytes_are_split()
    {
        byte[] text = Encoding.ASCII.GetBytes("motd\ncc-1234:567\nerr\n");
        for (int split = 0; split <= text.Length; split++)
        {
            ErrorTail tail = new(100, "cc-1234:"u8.ToArray());

            tail.Append(text.AsSpan(0, split));
            tail.Append(text.AsSpan(split));

            Assert.Equal("motd\nerr\n", Encoding.ASCII.GetString(tail.ToArray()));
            Assert.Equal(567, await tail.Started);
        }
    }

    [Fact]
    public void A_mark_behind_more_than_the_limit_is_found()
    {
        ErrorTail tail = new(10, "cc-1234:"u8.ToArray());
        foreach (char c in new string('x', 500) + "cc-1234:5\n")
            tail.Append([(byte)c]);

        Assert.True(tail.HasStarted);
        Assert.True(tail.Cut);
        Assert.Equal("xxxxxxxxxx", Encoding.ASCII.GetString(tail.ToArray()));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1)]
    public async Task What_follows_the_mark_is_handed_over_live_and_what_stood_before_is_kept(int limit)
    {
        byte[] text = Encoding.ASCII.GetBytes("motd\ncc-1234:567\nerr\n");
        for (int split = 0; split <= text.Length; split++)
        {
            ErrorTail tail = new(limit, "cc-1234:"u8.ToArray(), live: true);
            Pipe pipe = new();
            Task reading = tail.ReadAsync(pipe.Reader.AsStream());
            await pipe.Writer.WriteAsync(text.AsMemory(0, split));
            await pipe.Writer.WriteAsync(text.AsMemory(split));
            await pipe.Writer.CompleteAsync();
            using MemoryStream live = new();
            await tail.Live!.CopyToAsync(live);
            await reading;

            Assert.Equal("err\n", Encoding.ASCII.GetString(live.ToArray()));
            Assert.Equal("motd\n"[^Math.Min(5, limit)..], Encoding.ASCII.GetString(tail.ToArray()));
        }
    }
}
