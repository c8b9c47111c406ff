using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CcAgent.Native;
using CcAgent.Watch;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>A user's own table, read beside the daemon's thread.</summary>
public sealed class OwnTableTests
{
    [Fact]
    public void What_is_heard_of_while_the_table_is_read_has_it_read_once_more()
    {
        Assert.True(Libc.TryPipe(out var asked, out var asking));
        Assert.True(Libc.TryPipe(out var answers, out var answering));
        var taken = new List<string>();
        var own = new OwnTable(
            new TableFolders(), TimeProvider.System, Make(asking, answers, "mark"), read => taken.Add(Encoding.UTF8.GetString(Assert.IsType<TableRead.Present>(read).Bytes)));
        try
        {
            own.Begin();
            AssertComes(asked);
            own.Begin();
            own.Begin();
            Assert.True(StandardStreams.WriteAll(answering, Answer("before\n")));
            AssertReady(own);
            AssertComes(asked);
            Assert.True(StandardStreams.WriteAll(answering, Answer("after\n")));
            AssertReady(own);
            Assert.Equal(["before\n", "after\n"], taken);
            own.Begin();
            AssertComes(asked);
        }
        finally
        {
            // What is still asked has no answer then.
            _ = Libc.close(answering);
            own.Dispose();
            _ = Libc.close(asked);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TableShell Make(int asking, int answers, string mark);

    private static void AssertReady(OwnTable own)
    {
        AssertReadable(own.Descriptor);
        own.Ready();
    }

    private static unsafe void AssertComes(int descriptor)
    {
        AssertReadable(descriptor);
        byte one;
        Assert.Equal(1, Libc.read(descriptor, &one, 1));
    }

    private static unsafe void AssertReadable(int descriptor)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = PollEntry.In };
        int ready;
        while ((ready = Libc.poll(&entry, 1, 60_000)) < 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        Assert.Equal(1, ready);
    }

    private static byte[] Answer(string table) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"\ncc-crontab 1\nstatus present\n=table {table.Length}\n{table}\nend\n\nmark 0\n"));
}
