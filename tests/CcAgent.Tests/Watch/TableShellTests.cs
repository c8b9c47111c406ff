using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CcAgent.Native;
using CcAgent.Watch;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>The shell that reads a user's own table for the daemon.</summary>
public sealed class TableShellTests
{
    [Fact]
    public async Task An_answer_that_comes_too_late_is_not_taken_for_the_one_to_the_next_question()
    {
        Assert.True(Libc.TryPipe(out var asked, out var asking));
        Assert.True(Libc.TryPipe(out var answers, out var answering));
        using var shell = Make(asking, answers, "mark");
        try
        {
            Assert.IsType<TableRead.Failed>(shell.Read(limitMs: 20));
            var old = Answer("old\n");
            Assert.True(StandardStreams.WriteAll(answering, old.AsSpan(0, old.Length / 2)));
            Assert.IsType<TableRead.Failed>(shell.Read(limitMs: 20));
            Assert.True(StandardStreams.WriteAll(answering, old.AsSpan(old.Length / 2)));
            // What is asked meanwhile waits for its own answer.
            Assert.IsType<TableRead.Failed>(shell.Read(limitMs: 20));
            Assert.True(StandardStreams.WriteAll(answering, Answer("newer\n")));
            var next = Task.Run(() => shell.Read(limitMs: 60_000), TestContext.Current.CancellationToken);
            // One question for each answer: the third begins with the second's.
            AssertAsked(asked, 3);
            Assert.True(StandardStreams.WriteAll(answering, Answer("now\n")));
            Assert.Equal("now\n", Encoding.UTF8.GetString(Assert.IsType<TableRead.Present>(await next).Bytes));
        }
        finally
        {
            _ = Libc.close(asked);
            _ = Libc.close(answering);
        }
    }

    // Not by way of the environment, which is that of all programs that other tests start meanwhile.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TableShell Make(int asking, int answers, string mark);

    private static unsafe void AssertAsked(int asked, int times)
    {
        byte one;
        for (var i = 0; i < times; i++)
            Assert.Equal(1, Libc.read(asked, &one, 1));
    }

    private static byte[] Answer(string table) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"\ncc-crontab 1\nstatus present\n=table {table.Length}\n{table}\nend\n\nmark 0\n"));
}
